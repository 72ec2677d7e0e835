# Every check and every build is one target here; CI runs these and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.13 >/dev/null 2>&1 && python3.13 --version >/dev/null 2>&1 && echo python3.13 || echo python3)
VENV := .venv
empty :=
space := $(empty) $(empty)
BIN := $(VENV)/bin
# The locks are whole, so nothing is resolved again: pip would, and fails on extras.
PIP := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r

.PHONY: help setup run golden test fuzz bench lint checkov build sbom audit check lock vendor screenshots clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready .venv-endpoint/.ready ## set up .venv and the embedded endpoint's environment

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv-endpoint/.ready: requirements/endpoint.txt
	$(PYTHON) -m venv .venv-endpoint
	.venv-endpoint/bin/python $(PIP) requirements/endpoint.txt
	touch $@

.venv-build/.ready: requirements/build.txt
	$(PYTHON) -m venv .venv-build
	.venv-build/bin/python $(PIP) requirements/build.txt
	touch $@

run: setup ## start the local system, push the sample image, show its findings (ONCE=1, or no terminal: then end)
	$(BIN)/pratique up --sample $$(if [ -n "$(ONCE)" ] || ! [ -t 0 ] || ! [ -t 1 ]; then echo --once --port 0; fi)

test: setup ## run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup

fuzz: .venv-fuzz/.ready ## fuzz every parser of hostile bytes (SECONDS=60 each, TARGET=one of them)
	.venv-fuzz/bin/python -m tests.fuzz.run $(TARGET) --seconds $(or $(SECONDS),60)

.venv-fuzz/.ready: requirements/dev.txt requirements/fuzz.txt
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python $(PIP) requirements/dev.txt
	.venv-fuzz/bin/python $(PIP) requirements/fuzz.txt
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

bench: setup ## every benchmark (IMAGES=folder of OCI layouts, PEERS=folder with syft and trivy, PACKS=list, RUNS=5)
	$(BIN)/python -m benchmarks.run $(NAME)

lint: setup ## ruff, mypy, import-linter, cfn-lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint template.yaml templates/forwarding.yaml

checkov: .venv-checkov/.ready ## check the templates against known good practice; exceptions stand in them with their reasons
	.venv-checkov/bin/checkov --framework cloudformation --file template.yaml --file templates/forwarding.yaml \
	  --compact --quiet --skip-download

.venv-checkov/.ready: requirements/checkov.txt
	$(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/python $(PIP) requirements/checkov.txt
	touch $@

# What sam has built before is kept for each Python that may have made its bytecode, as sam's own key knows none.
RUNTIME ?= python3.13
BYTECODE = $(subst $(space),-,$(or $(strip $(shell "$(RUNTIME)" --version 2>/dev/null)),none))
build: setup .venv-build/.ready ## sam validate and sam build (RUNTIME=python3.13 makes the bytecode)
	SAM_CLI_TELEMETRY=0 .venv-build/bin/sam validate --lint
	PYTHON=$(abspath $(BIN)/python) RUNTIME="$(RUNTIME)" SAM_CLI_TELEMETRY=0 .venv-build/bin/sam build --cached \
	  --cache-dir ".aws-sam/cache/$(BYTECODE)"

.pratique/own-image: build
	$(BIN)/python requirements/own_image.py .aws-sam/build $@

sbom: .pratique/own-image ## write sbom.cdx.json: the service's own bill of materials, made by itself
	$(BIN)/pratique inventory $< --no-cache --format cyclonedx --output sbom.cdx.json

audit: .pratique/own-image ## scan the service's own dependencies by itself (ADVISORIES=URL or folder of the sources)
	@if [ -z "$(ADVISORIES)" ]; then echo "audit: say with ADVISORIES=URL or folder where the advisories are"; exit 2; fi
	$(BIN)/pratique advisories update --from "$(ADVISORIES)" --database .pratique/audit.sqlite
	$(BIN)/pratique scan $< --no-cache --database .pratique/audit.sqlite --fail-on high

check: lint checkov build test ## everything that CI runs

lock: ## write the hashed requirements files again (needs uv)
	for name in runtime dev build checkov endpoint fuzz; do uv pip compile --quiet --universal --generate-hashes --no-header \
	  --python-version 3.11 requirements/$$name.in --output-file requirements/$$name.txt; done

vendor: ## take the console's libraries from the npm registry again, as requirements/console.json names them
	$(PYTHON) requirements/take_npm_files.py console/vendor

golden: setup ## write the golden reports of tests/golden again: read the difference as you read code
	$(BIN)/python -m tests.golden.reports

screenshots: setup ## take docs/screenshots anew, from a seeded local system (needs Chromium)
	$(BIN)/python -m tests.browser.take_screenshots

clean: ## remove everything that the targets above made
	rm -rf .venv .venv-endpoint .venv-build .venv-checkov .venv-fuzz sbom.cdx.json .aws-sam .pratique .mypy_cache .ruff_cache .hypothesis .import_linter_cache
