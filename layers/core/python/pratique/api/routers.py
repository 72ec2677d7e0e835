"""Routers, typed: each module of routes has one, and `application` includes those that are asked for."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter


def new_router() -> APIGatewayHttpRouter:
    """Return an empty router."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]  # Powertools leaves its constructor untyped
