"""Why a package is affected, in a sentence made from the evidence of its match."""

from __future__ import annotations

from pratique.model.advisory import FixState
from pratique.model.base_image import LayerOrigin
from pratique.model.package import PackageType
from pratique.remediation.affected import AffectedPackage
from pratique.remediation.publishers import publisher
from pratique.remediation.words import shown

_STATES = {
    FixState.NOT_FIXED: "{who} knows of no fixed version yet",
    FixState.WILL_NOT_FIX: "{who} will not fix it in this release",
    FixState.UNKNOWN: "{who} names no fixed version",
    FixState.FIXED: "{who} says that it is fixed and not in which version",
}


def cause_of(package: AffectedPackage) -> str:
    """Return which comparison made the package affected, and who says so."""
    version, name = shown(package.version), shown(package.name)
    subject = shown(package.source_name) if package.source_name not in ("", package.name) else "it"
    advisory = f" ({shown(package.advisory)})" if package.advisory else ""
    if package.fixed_version:
        fixed = shown(package.fixed_version)
        if PackageType(package.type).is_system:
            return f"{name} {version} is below {fixed}, in which {publisher(package)} fixed {subject}{advisory}."
        return f"{name} {version} is below {fixed}, in which it is fixed, says {publisher(package)}{advisory}."
    where = "every version is affected" if package.range == "every version" else f"affected are {shown(package.range)}"
    return f"{name} {version} is affected: {where}{advisory}, and {state_of(package)}."


def state_of(package: AffectedPackage) -> str:
    """Return whether a fix exists, as the publisher says: its own word for the state included."""
    told = _STATES[FixState(package.fix_state)].format(who=publisher(package))
    return f"{told} and marks it {shown(package.note)}" if package.note else told


def place_of_package(package: AffectedPackage) -> str:
    """Return where the package lies: path, layer, and the instruction that made the layer."""
    whose = "the base image's" if package.layer.origin is LayerOrigin.BASE else "the application's"
    made = f", made by {shown(package.layer.created_by)}" if package.layer.created_by else ""
    layer = f"layer {package.layer.index} ({whose}{made})" if package.layer.index >= 0 else "a layer that is not known"
    return f"/{shown(package.path)} in {layer}"
