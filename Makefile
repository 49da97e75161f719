# Everything that a user or a contributor does here. `make` alone prints the list.
PYTHON ?= python3
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n 2 --dist worksteal
MAKEFLAGS += --no-print-directory

# make lock UPGRADE=--upgrade takes the newest versions; without it the pins are kept.
UPGRADE ?=
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all check check-format check-lint check-types check-layers \
	check-house format judges editor bench serve lock clean

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: .venv/.run  ## run releases down the whole road, then keep serving
	@.venv/bin/dispaccio demo

serve: .venv/.run  ## serve a wire: make serve ARGS="--home FOLDER"
	@.venv/bin/dispaccio serve $(ARGS)

test: .venv/.dev  ## run the tests, but for the long ones
	@$(PYTEST) -m "not long"

test-all: .venv/.dev  ## run every test: fuzzing, fault and kill loops too
	@$(PYTEST) --hypothesis-profile=long

judges: tests/judges/node_modules/.package-lock.json  ## fetch the judges that npm has; needs npm

tests/judges/node_modules/.package-lock.json: tests/judges/package-lock.json
	@npm ci --prefix tests/judges --ignore-scripts --no-audit --no-fund --silent
	@touch $@

editor:  ## build the editor of the page /submit anew; needs npm
	@npm ci --prefix editor --ignore-scripts --no-audit --no-fund --silent
	@cd editor && node build.mjs ../src/dispaccio/site/static

check: .venv/.dev  ## check format, lint, types, layers, the house rules and the docs
	@$(MAKE) -j 2 -k --output-sync=target check-types check-house check-layers check-lint check-format

check-format:
	@$(PY) -m ruff format --check

check-lint:
	@$(PY) -m ruff check

check-types:
	@$(PY) -m mypy --strict src

check-layers:
	@.venv/bin/lint-imports --no-logo

check-house:
	@$(PY) -m pytest -q tests/house

format: .venv/.dev  ## format the code and repair what the linter can
	@$(PY) -m ruff check --fix --exit-zero
	@$(PY) -m ruff format

bench: .venv/.run  ## run the benchmarks, or one: make bench ONLY=name
	@$(PY) -m bench $(ONLY)

lock: .venv/.tools  ## pin what pyproject.toml asks for in requirements/
	@$(LOCK) pyproject.toml --group tools --group dev --extra postgres --extra sftp -o requirements/dev.txt
	@$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/run.txt
	@$(LOCK) --group tools -c requirements/dev.txt -o requirements/tools.txt

clean:  ## remove the virtual environment and the caches
	@rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One virtual environment: its tools, then what the wire runs on, then what the tests need.
# Each step leaves a stamp, so that a second run starts at once.
INSTALL := $(PY) -m uv pip install --quiet --python $(PY)
PROJECT := $(INSTALL) --no-deps --no-build-isolation --editable .

.venv/.tools: requirements/tools.txt
	@command -v git >/dev/null || { echo "git is missing: install the package git" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is missing: install python3, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv is missing: install the package python3-venv" >&2; exit 1; }
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.run: requirements/run.txt pyproject.toml | .venv/.tools
	@$(INSTALL) --require-hashes -r $<
	@$(PROJECT)
	@touch $@

.venv/.dev: requirements/dev.txt pyproject.toml | .venv/.tools
	@$(INSTALL) --require-hashes -r $<
	@$(PROJECT)
	@touch $@
