from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

import pratique.api
from pratique.api.application import application
from pratique.api.routes import ROUTES, Route, route_of
from tests.template.deployed import PROJECT

# What a process answers first decides in which order its routers are included.
_DOCUMENTS = """
import json, sys
from pratique.api.application import Application
application = Application()
for module in sys.argv[1:]:
    application._include(module)
print(json.dumps(application.document()))
"""

# A parameter that no route knows is refused by the route itself, before anything is asked for.
_ASKING = """
import json, sys
from functions.serve_api.handler import lambda_handler
from pratique.local.context import LocalContext
event = json.load(open("events/serve_api.json"))
event["rawPath"] = event["requestContext"]["http"]["path"] = sys.argv[1]
event["queryStringParameters"] = {"nothing": "1"}
answer = lambda_handler(event, LocalContext("serve_api"))
print(json.dumps([answer["statusCode"], sorted(sys.modules)]))
"""


def _document(*included: str) -> str:
    done = subprocess.run([sys.executable, "-c", _DOCUMENTS, *included], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_index_names_what_the_modules_answer() -> None:
    there = {
        (address, method, found.name)
        for found in pkgutil.iter_modules(pratique.api.__path__)
        if hasattr(module := importlib.import_module(f"pratique.api.{found.name}"), "router")
        for address, methods, *_ in module.router._routes
        for method in ([methods] if isinstance(methods, str) else methods)
    }
    named = [(route.address, method, route.module) for route in ROUTES for method in route.methods.split()]
    assert len(named) == len(set(named))
    assert set(named) == there


def test_document_has_every_route_in_the_order_of_the_index() -> None:
    told = [(path, " ".join(sorted(known)).upper()) for path, known in application().document()["paths"].items()]
    assert told == [(route.path, route.methods) for route in ROUTES]


def test_document_does_not_depend_on_what_was_asked_before() -> None:
    assert _document("settings", "exports") == _document()


@pytest.mark.parametrize("route", [ROUTES[0], ROUTES[3], ROUTES[18]], ids=lambda route: route.module)
def test_request_imports_the_module_of_its_address_only(route: Route) -> None:
    path = route.address.replace("<id>", "id")
    done = subprocess.run(
        [sys.executable, "-c", _ASKING, path], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 422
    assert {f"pratique.api.{one.module}" for one in ROUTES} & set(modules) == {f"pratique.api.{route.module}"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.address)
def test_address_leads_to_its_route_alone(route: Route) -> None:
    path = route.address.replace("<", "").replace(">", "")
    assert [one for one in ROUTES if one.fits(path)] == [route]
    assert route_of(path) is route


@pytest.mark.parametrize(
    "path",
    ["", "/", "/v1", "/v1/scans/", "/v1/scans//images", "/v1/scans/a/b", "/v2/scans", "v1/scans", "/v1/scans/a/"],
)
def test_other_path_has_no_route(path: str) -> None:
    assert route_of(path) is None
