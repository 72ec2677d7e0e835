"""Writes the built template as CloudFormation gets it; run by the build's own Python, which has the SAM translator."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoPolicies:
    """The template names no policy of AWS."""

    def load(self) -> dict[str, str]:
        return {}

    def get_managed_policy_map(self) -> dict[str, str]:
        return {}


def expanded(built: Path, code: str) -> Any:
    """Return the template with every folder of code replaced by ``code``, where an upload would put it."""
    template = yaml_parse(built.read_text())
    for resource in template["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = code
    return transform(template, {}, NoPolicies())


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(expanded(Path(sys.argv[1]), sys.argv[3]), default=str))
