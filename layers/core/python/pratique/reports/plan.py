"""A fix plan for people and for programs."""

from __future__ import annotations

import msgspec
from rich.console import Console

from pratique.remediation.plan import FixPlan, Step
from pratique.reports.visible_text import shown

_LEFT_SHOWN = 20
_IDS_SHOWN = 12


def plan_json(plan: FixPlan) -> bytes:
    """Return the plan as indented JSON."""
    body = {**msgspec.to_builtins(plan), "removed": plan.removed}
    return msgspec.json.format(msgspec.json.encode(body), indent=2) + b"\n"


def print_plan(console: Console, plan: FixPlan) -> None:
    """Print the steps in order, then what stays."""
    console.print(
        f"{plan.findings} vulnerabilities; {len(plan.steps)} steps remove {plan.removed}, "
        f"{len({one.id for one in plan.left})} stay."
    )
    for number, step in enumerate(plan.steps, 1):
        _print_step(console, number, step)
    if plan.left:
        console.print("\nWhat stays:", style="bold")
    for one in plan.left[:_LEFT_SHOWN]:
        console.print(shown(f"  {one.priority.value:<6} {one.id}  {one.package} {one.version}: {one.why}"))
    if len(plan.left) > _LEFT_SHOWN:
        console.print(f"  and {len(plan.left) - _LEFT_SHOWN} more; --format json lists all")


def _print_step(console: Console, number: int, step: Step) -> None:
    console.print(shown(f"\n{number}. {step.owner.value}, {step.tool}: {len(step.packages)} packages"), style="bold")
    if step.command:
        # Soft wrapping keeps the command one line that can be copied.
        console.print(shown(f"   {step.command}"), soft_wrap=True)
    if step.instead:
        console.print(shown(f"   {step.instead}"))
    for package in step.packages:
        console.print(shown(f"   - {package.name} {package.version} -> {package.target}  {package.place}"))
    ids = ", ".join(finding.id for finding in step.removes[:_IDS_SHOWN])
    more = f" and {len(step.removes) - _IDS_SHOWN} more" if len(step.removes) > _IDS_SHOWN else ""
    console.print(shown(f"   Removes {len(step.removes)} findings" + (f": {ids}{more}." if ids else ".")))
    console.print(shown(f"   Caution: {step.caution}"))
