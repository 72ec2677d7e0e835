"""Every store that lives in the two tables, built from one client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from pratique.adapters.dynamodb_allow_list import DynamoAllowList
from pratique.adapters.dynamodb_audit import DynamoAudit
from pratique.adapters.dynamodb_catalog import DynamoImageCatalog
from pratique.adapters.dynamodb_counts import DynamoCounts
from pratique.adapters.dynamodb_events import DynamoEvents
from pratique.adapters.dynamodb_findings import DynamoFindings
from pratique.adapters.dynamodb_layers import DynamoLayerLeases
from pratique.adapters.dynamodb_library import DynamoLibrary
from pratique.adapters.dynamodb_lineage import DynamoLineage
from pratique.adapters.dynamodb_scans import DynamoScans
from pratique.adapters.dynamodb_schema import DynamoSchema
from pratique.adapters.dynamodb_settings import DynamoSettings
from pratique.adapters.dynamodb_spending import DynamoSpending
from pratique.adapters.dynamodb_suppressions import DynamoSuppressions
from pratique.adapters.dynamodb_table import DynamoTable
from pratique.adapters.dynamodb_tags import DynamoTags
from pratique.adapters.dynamodb_trend import DynamoTrend
from pratique.adapters.table_listings import TableListings
from pratique.adapters.usage_meter import UsageMeter
from pratique.ports.objects import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoStores(Struct, frozen=True):
    """The stores by what they keep; ``findings`` also reads, and tells what images contribute to the counts."""

    findings: DynamoFindings
    catalog: DynamoImageCatalog
    counts: DynamoCounts
    events: DynamoEvents
    library: DynamoLibrary
    lineage: DynamoLineage
    layers: DynamoLayerLeases
    scans: DynamoScans
    settings: DynamoSettings
    trend: DynamoTrend
    allow_list: DynamoAllowList
    suppressions: DynamoSuppressions
    spending: DynamoSpending
    tags: DynamoTags
    audit: DynamoAudit
    schema: DynamoSchema


def dynamo_stores(
    client: DynamoDBClient,
    *,
    findings_table: str,
    index_table: str,
    objects: ObjectStore | None = None,
    names_seconds: float = 30.0,
    counts_seconds: float = 0.0,
    meter: UsageMeter | None = None,
) -> DynamoStores:
    """Return the stores on these tables.

    ``objects`` keeps listings of large tables; without it they are read item by item.  Names that filters read may be
    ``names_seconds`` old, counts ``counts_seconds``.  ``meter`` counts capacity units.
    """
    findings, index = (DynamoTable(client, name, meter=meter) for name in (findings_table, index_table))
    listings = TableListings(objects) if objects else None
    library = DynamoLibrary(index, listings=listings, names_seconds=names_seconds)
    lineage = DynamoLineage(findings)
    store = DynamoFindings(findings, library, lineage)
    return DynamoStores(
        findings=store,
        catalog=DynamoImageCatalog(store),
        counts=DynamoCounts(index, listings=listings, fresh_seconds=counts_seconds),
        events=DynamoEvents(findings),
        library=library,
        lineage=lineage,
        layers=DynamoLayerLeases(findings),
        scans=DynamoScans(findings),
        settings=DynamoSettings(index),
        trend=DynamoTrend(index),
        allow_list=DynamoAllowList(index),
        suppressions=DynamoSuppressions(index),
        spending=DynamoSpending(findings),
        tags=DynamoTags(findings),
        audit=DynamoAudit(index),
        schema=DynamoSchema(index),
    )
