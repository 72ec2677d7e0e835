"""What an ECR registry holds.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html: every manifest is listed, the images
of an index beside the index, which has the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from pratique.adapters.ecr import EcrInstance
from pratique.adapters.image_manifest import CONFIG_TYPES, INDEX_TYPES
from pratique.errors import RegistryError
from pratique.model.digest import Digest, parse_digest
from pratique.ports.registry_lists import Listed

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecr.type_defs import ImageDetailTypeDef

Children = Callable[[str, Digest], tuple[Digest, ...]]
"""Returns the images that an index of a repository lists."""


class EcrLists:
    """Lists of one ECR registry."""

    def __init__(self, instance: EcrInstance, client: ECRClient, children: Children) -> None:
        """List through ``client``; ``children`` asks the registry itself."""
        self._instance = instance
        self._client = client
        self._children = children

    def repositories(self) -> Iterator[str]:
        """Yield every repository's name."""
        try:
            pages = self._client.get_paginator("describe_repositories").paginate(registryId=self._instance.account)
            for page in pages:
                yield from (found["repositoryName"] for found in page["repositories"])
        except (ClientError, BotoCoreError) as error:
            raise self._failed(error) from error

    def images(self, repository: str) -> tuple[Listed, ...]:
        """Return the images of a repository, those of indexes with the indexes' tags."""
        details = self._details(repository)
        tags: dict[str, tuple[str, ...]] = {}
        images = []
        for item in details:
            if item.get("imageManifestMediaType", "") in INDEX_TYPES:
                for child in self._children(repository, parse_digest(item["imageDigest"])):
                    tags[child] = (*tags.get(child, ()), *item.get("imageTags", ()))
            elif item.get("artifactMediaType", "") in {"", *CONFIG_TYPES}:
                images.append(item)
        return tuple(
            Listed(
                parse_digest(item["imageDigest"]),
                tuple(dict.fromkeys((*item.get("imageTags", ()), *tags.get(item["imageDigest"], ())))),
                item.get("imagePushedAt"),
            )
            for item in images
        )

    def _details(self, repository: str) -> list[ImageDetailTypeDef]:
        paginator = self._client.get_paginator("describe_images")
        try:
            pages = paginator.paginate(registryId=self._instance.account, repositoryName=repository)
            return [item for page in pages for item in page["imageDetails"]]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "RepositoryNotFoundException":
                return []
            raise self._failed(error, repository) from error
        except BotoCoreError as error:
            raise self._failed(error, repository) from error

    def _failed(self, error: ClientError | BotoCoreError, repository: str = "") -> RegistryError:
        why = (
            error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else type(error).__name__
        )
        name = f"{self._instance}/{repository}".rstrip("/")
        return RegistryError(
            f"ECR does not list what it holds: {why}", image=name, retryable=why != "AccessDeniedException"
        )
