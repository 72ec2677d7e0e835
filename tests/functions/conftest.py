"""The environment that every handler is imported in: no AWS, no region lookup, no traces."""

from __future__ import annotations

import os

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "pratique")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "pratique")
