"""The functions' settings, from environment variables that the template sets."""

from __future__ import annotations

import os
from functools import cache

from msgspec import Struct

from pratique.errors import MissingSetting


class Environment(Struct, frozen=True):
    """One field for each variable: ``findings_table`` is ``PRATIQUE_FINDINGS_TABLE``.

    A function is given the variables it needs; the others are empty.  Function names carry their alias.
    """

    findings_table: str = ""
    index_table: str = ""
    bucket: str = ""
    analyze_layer_function: str = ""
    assess_image_function: str = ""
    scan_image_function: str = ""
    rescan_function: str = ""
    rematch_images_function: str = ""
    apply_allow_list_function: str = ""
    hunt_samples_function: str = ""
    apply_suppressions_function: str = ""
    cursor_secret_arn: str = ""
    event_bus: str = ""
    own_instance: str = ""
    feed_mirror: str = ""
    layer_seconds: str = "900"
    limits: str = ""
    console_folder: str = ""
    sign_in_issuer: str = ""
    sign_in_client: str = ""
    sign_in_scope: str = "openid pratique/read pratique/operate"

    def need(self, name: str) -> str:
        """Return a field; raises MissingSetting naming the variable where it is empty."""
        value: str = getattr(self, name)
        if not value:
            raise MissingSetting(f"the environment variable PRATIQUE_{name.upper()} is not set")
        return value


@cache
def environment() -> Environment:
    """Return the settings of this process."""
    found = {name: os.environ.get(f"PRATIQUE_{name.upper()}", "") for name in Environment.__struct_fields__}
    return Environment(**{name: value for name, value in found.items() if value})
