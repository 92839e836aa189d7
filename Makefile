# One command for each thing. Needs python3 (3.11 or newer) with venv and pip; everything else is built here.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test test-spark lint types contract format lock docs mutants bench clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

# The environment, from the hashed lock; built again only when the lock changes.
.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Commonweal needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON to a newer one.") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Building the environment (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python tools/link_package.py
	@touch .venv/ready

.venv/test-ready: requirements-dev.lock .venv/ready
	@echo "Building the test environment (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch .venv/test-ready

run: .venv/ready ## open the product with its demonstration; Ctrl-C stops it
	@exec $(BIN)/python -m commonweal up --demo $(if $(PORT),--port $(PORT))

test: .venv/test-ready ## build from nothing and run lint, types, contract and every test
	@$(BIN)/python tools/find_browser.py
	@$(MAKE) --no-print-directory lint types contract
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.venv-spark/ready: requirements-spark.lock
	@test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	@echo "Building the environment with Spark (once)…"
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@.venv-spark/bin/python tools/link_package.py
	@touch .venv-spark/ready

test-spark: .venv-spark/ready ## the same sums on Spark; needs Java 17, which it installs with apt where it may
	@.venv-spark/bin/python tools/find_java.py
	.venv-spark/bin/python -m pytest -m spark tests/engine

lint: .venv/test-ready ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test-ready ## types of the code
	$(BIN)/mypy commonweal

contract: .venv/test-ready ## who may import whom
	$(BIN)/lint-imports

format: .venv/test-ready ## put the code in its usual shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/test-ready ## write the generated pages of docs/reference again
	$(BIN)/python -m commonweal reference
	$(BIN)/python tools/mutants.py --page

mutants: .venv/test-ready ## apply each seeded bug in turn and show that its test turns red
	$(BIN)/python tools/mutants.py

bench: .venv/ready ## what a nation's file costs, as ratios in one run
	$(BIN)/python bench/value_lines.py
	$(BIN)/python bench/account_lines.py

lock: .venv/test-ready ## choose versions again and write the locks
	$(BIN)/python tools/lock.py

clean: ## remove the environment; the database and files in var/ stay
	rm -rf .venv .venv-spark build dist *.egg-info
