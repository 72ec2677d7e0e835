"""Parameters that many routes take, and the refusal of query parameters that a route does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, ConfigDict, Field

from pratique.services.query.page import PageRequest
from pratique.services.query.scope import ScopeFilter

Instance = Annotated[str, Field(max_length=128, description="Exact instance ID of a registry; empty for any")]
Repository = Annotated[str, Field(max_length=256, description="Exact repository name; empty for any")]
Name = Annotated[str, Field(max_length=200, description="Part of an id, name or title, typing errors forgiven")]
RepositoryName = Annotated[
    str, Field(max_length=200, description="Part of a repository's name, typing errors forgiven")
]

ImagePathId = Annotated[
    str, Path(max_length=1000, description="`instance/repository@digest`, percent-encoded as one segment")
]


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(frozen=True)

    limit: int = Field(10, ge=1, le=100, description="Rows of a page at most")
    cursor: str = Field("", max_length=4096, description="`next_cursor` of the page before; empty for the first page")

    @property
    def page(self) -> PageRequest:
        """The request for the page."""
        return PageRequest(self.limit, self.cursor)


class ScopedQuery(PageQuery):
    """A page of a list about images."""

    instance: Instance = ""
    namespace: str | None = Field(
        None, max_length=256, description="Exact namespace; given and empty: repositories without one"
    )
    repository: Repository = ""
    digest: str = Field(
        "", pattern=r"^(sha256:[0-9a-f]{64})?$", description="Digest of one image's manifest; empty for any"
    )

    @property
    def scope(self) -> ScopeFilter:
        """The images that the list is about."""
        return ScopeFilter(self.instance, self.namespace, self.repository, self.digest)


Middleware = Callable[[APIGatewayHttpResolver, Callable[[APIGatewayHttpResolver], Response[Any]]], Response[Any]]


def only(*models: type[BaseModel]) -> list[Middleware]:
    """Return a middleware that refuses query parameters beside the fields of ``models``.

    A misspelt filter that is passed over would answer more than was asked for, and look right.
    """
    known = frozenset(field.alias or name for model in models for name, field in model.model_fields.items())

    def refuse_unknown(
        app: APIGatewayHttpResolver, next_middleware: Callable[[APIGatewayHttpResolver], Response[Any]]
    ) -> Response[Any]:
        unknown = sorted(set(app.current_event.query_string_parameters or {}) - known)
        if unknown:
            message = f"is not a parameter here; known are: {', '.join(sorted(known)) or 'none'}"
            raise RequestValidationError([{"loc": ("query", name[:100]), "msg": message} for name in unknown])
        return next_middleware(app)

    return [refuse_unknown]
