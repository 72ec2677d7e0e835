"""Every quarter of an hour: migrate the tables, start the scan that is due, keep the counts (EventBridge schedule)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from pratique.wiring.schema import migrate_tables
from pratique.wiring.ticking import record_day, tick

logger = Logger()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:  # noqa: ARG001 - Lambda's form
    """Answer the id of the scan that was started, or ``nothing due``."""
    migrate_tables()(context.aws_request_id)
    started = tick()()
    record_day()()
    return {"outcome": "started", "scan_id": started} if started else {"outcome": "nothing due"}
