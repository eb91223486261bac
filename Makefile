# Every target with a line of help: `make` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## install, migrate, load the edition of 2025, serve it on SQLite and print every role's link
	$(BIN)/eventapp demo

setup: .venv/.build static/dist/manifest.json .venv/.app ## install what running needs

test: dev browser ## everything: lint, types, unit, browser, PostgreSQL and Redis
	$(MAKE) lint
	$(BIN)/coverage run --branch --source=eventapp/rules -m pytest tests/rules -m "not examples"
	$(BIN)/coverage report --skip-covered --fail-under=100
	$(BIN)/python -m pytest tests/rules -m examples
	$(BIN)/python -m pytest --ignore=tests/rules

quick: dev ## the tests without browser, database servers, whole days, faults and thousands of examples
	$(BIN)/python -m pytest -m "not browser and not engines and not days and not faults and not examples"

faults: dev ## 40 kills and 20 seeds of faults against real servers, with figures (at most 30 minutes)
	$(BIN)/python -m tests.faults.campaign --kills 40 --seeds 20

faults-long: dev ## 500 kills and at least 100,000 votes (hours)
	$(BIN)/python -m tests.faults.campaign --kills 500 --seeds 0 --judges 60 --votes 220

model: dev ## the ballot protocol in 20,000 simulated worlds: lossy network, dying server, two tabs, take-overs, the close
	$(BIN)/python -m tests.faults.model 20000

lint: dev ## style and types: ruff, mypy strict, tsc
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc --noEmit

lock: ## write requirements/ anew (needs uv in PATH); hashes, no addresses
	uv pip compile pyproject.toml --extra scale $(LOCK) -o requirements/run.txt
	uv pip compile pyproject.toml --extra scale --group build -c requirements/run.txt $(LOCK) -o requirements/build.txt
	uv pip compile pyproject.toml --extra scale --group build --group dev -c requirements/run.txt $(LOCK) -o requirements/dev.txt
LOCK = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q

dev: .venv/.dev static/dist/manifest.json .venv/.app

browser: .venv/.dev ## a Chromium for the browser tests: the one at hand, else Debian's
	$(BIN)/python -m tests.browser.chromium

.venv/bin/python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.build: requirements/build.txt | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r $<
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r $<
	@touch $@ .venv/.build

.venv/.app: pyproject.toml | .venv/.build
	$(BIN)/pip install -q --no-deps --no-build-isolation --no-index -e .
	@touch $@

node_modules/.package-lock.json: package-lock.json | .venv/.build
	$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

static/dist/manifest.json: node_modules/.package-lock.json build.mjs $(shell find static/src static/css -type f 2>/dev/null)
	$(BIN)/node build.mjs
	@touch $@

.PHONY: help demo setup test quick model lint lock dev browser
