"""Every address of the API, the methods it knows, and the module of this package that answers it.

Making the models of all routes takes longer than answering most requests, so a request imports the module of its own
address and no other.  That is why the addresses stand here as well as in the modules; a test compares them.
"""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """One address: ``<id>`` and the like stand for one segment that is not empty."""

    address: str
    methods: str
    module: str

    @property
    def path(self) -> str:
        """The address as OpenAPI writes it."""
        return self.address.replace("<", "{").replace(">", "}")

    def fits(self, path: str) -> bool:
        """Whether a path is one of this address's."""
        known, given = self.address.split("/"), path.split("/")
        return len(known) == len(given) and all(
            bool(there) if part.startswith("<") else there == part for part, there in zip(known, given, strict=True)
        )


ROUTES = (
    Route("/v1/overview", "GET", "overview"),
    Route("/v1/trend", "GET", "trend"),
    Route("/v1/repositories", "GET", "repositories"),
    Route("/v1/vulnerabilities", "GET", "vulnerabilities"),
    Route("/v1/vulnerabilities/<id>", "GET", "vulnerabilities"),
    Route("/v1/vulnerabilities/<id>/images", "GET", "vulnerabilities"),
    Route("/v1/samples", "GET", "samples"),
    Route("/v1/samples/<sha256>", "GET PATCH", "samples"),
    Route("/v1/samples/<sha256>/images", "GET", "samples"),
    Route("/v1/allow-list", "GET POST", "allow_list"),
    Route("/v1/allow-list/<id>", "DELETE GET", "allow_list"),
    Route("/v1/suppressions", "GET POST", "suppressions"),
    Route("/v1/suppressions/<id>", "DELETE GET PUT", "suppressions"),
    Route("/v1/vex", "POST", "vex"),
    Route("/v1/images", "GET", "images"),
    Route("/v1/images/<id>", "GET", "images"),
    Route("/v1/images/<id>/findings", "GET", "images"),
    Route("/v1/images/<id>/explain", "GET", "image_explanation"),
    Route("/v1/images/<id>/layers", "GET", "image_layers"),
    Route("/v1/images/<id>/fix-plan", "GET", "image_plan"),
    Route("/v1/images/<id>/compare", "GET", "image_comparison"),
    Route("/v1/images/<id>/policy", "GET", "image_policy"),
    Route("/v1/images/<id>/report", "GET", "image_report"),
    Route("/v1/images/<id>/sbom", "GET", "image_report"),
    Route("/v1/images/<id>/host-findings", "GET", "host_findings"),
    Route("/v1/images/<id>/past-findings", "GET", "past_findings"),
    Route("/v1/scans", "GET POST", "scans"),
    Route("/v1/scans/<id>", "DELETE GET", "scans"),
    Route("/v1/scans/<id>/images", "GET", "scans"),
    Route("/v1/exports/vulnerabilities", "GET", "exports"),
    Route("/v1/exports/vulnerability-images", "GET", "exports"),
    Route("/v1/exports/samples", "GET", "exports"),
    Route("/v1/exports/sample-images", "GET", "exports"),
    Route("/v1/exports/images", "GET", "exports"),
    Route("/v1/exports/image-findings", "GET", "exports"),
    Route("/v1/exports/repositories", "GET", "exports"),
    Route("/v1/exports/suppressions", "GET", "exports"),
    Route("/v1/exports/scans", "GET", "exports"),
    Route("/v1/hunts", "POST", "hunts"),
    Route("/v1/rules", "GET", "rules"),
    Route("/v1/rules/<name>", "DELETE PUT", "rules"),
    Route("/v1/hash-lists/<name>", "PUT", "rules"),
    Route("/v1/settings", "GET PUT", "settings"),
    Route("/v1/settings/history", "GET", "settings"),
    Route("/v1/audit", "GET", "audit"),
)


def route_of(path: str) -> Route | None:
    """Return the route whose address a path has, None where there is none."""
    return next((route for route in ROUTES if route.fits(path)), None)
