# Needs Python 3.11 or later and make; uses uv when it is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Exact versions that were tested together; empty to take what the ranges in pyproject.toml allow.
CONSTRAINTS := -c constraints.txt
RESOLUTION :=

# What `make test` runs; `make test-rest` runs the others, `make test-all` both at once, and `make test-many` the same
# with other random numbers, for hours.
QUICK := not long and not node and not browser and not many
STRICT :=

.PHONY: demo test test-rest test-all test-many test-newest test-oldest live lint types bench schemas docs constraints dist clean

demo: $(VENV)/.sandbox
	$(BIN)/reconciler demo

test: $(VENV)/.test
	$(BIN)/pytest -n 4 -m "$(QUICK)" $(STRICT)

test-rest: $(VENV)/.all
	RECONCILER_CONFORMANCE=1 $(BIN)/pytest -n 3 --dist worksteal -m "not ($(QUICK)) and not many" $(STRICT)

test-all: $(VENV)/.all
	RECONCILER_CONFORMANCE=1 $(BIN)/pytest -n 3 --dist worksteal -m "not many" --strict-contract

test-many: $(VENV)/.all
	RECONCILER_CONFORMANCE=1 $(BIN)/pytest -n 3 --dist worksteal -m many --strict-contract

# The newest and the oldest of what pyproject.toml allows: what tomorrow's and yesterday's machine would install.
test-newest:
	$(MAKE) test VENV=.venv-newest CONSTRAINTS=

test-oldest: .venv-tools/.tools
	PATH="$(CURDIR)/.venv-tools/bin:$$PATH" $(MAKE) test VENV=.venv-oldest CONSTRAINTS= RESOLUTION="--resolution lowest-direct"

live: $(VENV)/.test
	$(BIN)/pytest tests/live

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

schemas: $(VENV)/.sandbox
	$(BIN)/reconciler schema

# The site of docs/, into build/site; a warning is an error.
docs: $(VENV)/.docs
	$(BIN)/zensical build --clean --strict

# For working copies exact versions; for what a release installs the hashes too (pip refuses them with -e).
constraints: .venv-tools/.tools
	.venv-tools/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --no-annotate --no-emit-index-url \
		--all-extras --group release --custom-compile-command "make constraints" pyproject.toml -o constraints.txt
	.venv-tools/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --no-annotate --no-emit-index-url \
		--generate-hashes -c constraints.txt --custom-compile-command "make constraints" pyproject.toml -o locked.txt
	.venv-tools/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --no-annotate --no-emit-index-url \
		--generate-hashes -c constraints.txt --custom-compile-command "make constraints" --group release -o locked-build.txt

# Wheel and source distribution in dist/, built by tools with hashes and checked, as a release has them.
dist: .venv-build/.tools
	rm -rf dist
	.venv-build/bin/python -m build -q --no-isolation
	.venv-build/bin/python -m twine check --strict dist/*
	.venv-build/bin/python -m releasing contents dist

.venv-build/.tools: locked-build.txt
	$(PYTHON) -m venv .venv-build && .venv-build/bin/pip install -q --disable-pip-version-check --require-hashes -r locked-build.txt
	touch $@

clean:
	rm -rf $(VENV) .venv-newest .venv-oldest .venv-tools .venv-build dist .pytest_cache .mypy_cache .ruff_cache

$(VENV)/.sandbox: pyproject.toml constraints.txt
	$(call install,.[sandbox])
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt
	$(call install,.[sandbox$(comma)test])
	touch $@ $(VENV)/.sandbox

$(VENV)/.all: pyproject.toml constraints.txt
	$(call install,.[sandbox$(comma)test$(comma)conformance])
	touch $@ $(VENV)/.test $(VENV)/.sandbox $(VENV)/.docs

$(VENV)/.docs: pyproject.toml constraints.txt
	$(call install,.[docs])
	touch $@

$(VENV)/.bench: pyproject.toml constraints.txt
	$(call install,.[sandbox$(comma)bench])
	touch $@ $(VENV)/.sandbox

.venv-tools/.tools: pyproject.toml
	$(PYTHON) -m venv .venv-tools && .venv-tools/bin/pip install -q --disable-pip-version-check $(CONSTRAINTS) uv
	touch $@

comma := ,

define install
	@if command -v uv >/dev/null 2>&1; then \
		uv venv -q --allow-existing --python $(PYTHON) $(VENV) && uv pip install -q --python $(BIN)/python $(CONSTRAINTS) $(RESOLUTION) -e "$(1)"; \
	else \
		$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -q --disable-pip-version-check $(CONSTRAINTS) -e "$(1)"; \
	fi
endef
