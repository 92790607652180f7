# Needs Python 3.11 or later and make; uses uv when it is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all live lint types bench schemas clean

demo: $(VENV)/.sandbox
	$(BIN)/reconciler demo

test: $(VENV)/.test
	$(BIN)/pytest -n 2 -m "not long and not node and not browser"

test-all: $(VENV)/.all
	RECONCILER_CONFORMANCE=1 $(BIN)/pytest -n 2 --strict-contract

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

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

$(VENV)/.sandbox: pyproject.toml
	$(call install,.[sandbox])
	touch $@

$(VENV)/.test: pyproject.toml
	$(call install,.[sandbox$(comma)test])
	touch $@ $(VENV)/.sandbox

$(VENV)/.all: pyproject.toml
	$(call install,.[sandbox$(comma)test$(comma)conformance])
	touch $@ $(VENV)/.test $(VENV)/.sandbox

$(VENV)/.bench: pyproject.toml
	$(call install,.[sandbox$(comma)bench])
	touch $@ $(VENV)/.sandbox

comma := ,

define install
	@if command -v uv >/dev/null 2>&1; then \
		uv venv -q --allow-existing --python $(PYTHON) $(VENV) && uv pip install -q --python $(BIN)/python -e "$(1)"; \
	else \
		$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -q --disable-pip-version-check -e "$(1)"; \
	fi
endef
