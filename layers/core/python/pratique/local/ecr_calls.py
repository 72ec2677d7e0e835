"""ECR's lists on one machine: what the embedded registry holds, as ECR's API tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pratique.local import ACCOUNT
from pratique.local.registry_store import RegistryStore

_TARGET = "AmazonEC2ContainerRegistry_V20150921."


class EcrCalls:
    """Answers DescribeRepositories and DescribeImages, each in one page."""

    def __init__(self, store: RegistryStore) -> None:
        """List what ``store`` holds."""
        self._store = store
        self.targets = {
            f"{_TARGET}DescribeRepositories": self._repositories,
            f"{_TARGET}DescribeImages": self._images,
        }

    def _repositories(self, _: Mapping[str, Any]) -> dict[str, Any]:
        names = self._store.repositories()
        return {"repositories": [{"registryId": ACCOUNT, "repositoryName": name} for name in names]}

    def _images(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name = str(request["repositoryName"])
        found = self._store.digests(name)
        tags: dict[str, list[str]] = {}
        for tag in self._store.tags(name) if found else ():
            tags.setdefault(self._store.manifest(name, tag).digest, []).append(tag)
        return {"imageDetails": [self._detail(name, digest, at, tags.get(digest, [])) for digest, at in found]}

    def _detail(self, name: str, digest: str, at: float, tags: list[str]) -> dict[str, Any]:
        stored = self._store.manifest(name, digest)
        config = json.loads(stored.body).get("config") or {}
        detail = {
            "registryId": ACCOUNT,
            "repositoryName": name,
            "imageDigest": digest,
            "imagePushedAt": at,
            "imageManifestMediaType": stored.type_to_serve(),
        }
        return (
            detail
            | ({"imageTags": tags} if tags else {})
            | ({"artifactMediaType": config["mediaType"]} if "mediaType" in config else {})
        )
