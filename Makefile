PYTHON ?= python3.11
BIN = .venv/bin

.PHONY: run test check lint bench lock

run: .venv/run          ## start the desk (at a terminal with no platform set: a conversation here)
	@$(BIN)/frontdesk run

test: .venv/dev         ## run the tests
	$(BIN)/pytest --numprocesses 4 -m "not alone"
	$(BIN)/pytest -m alone

check: lint test        ## lint, types, import contracts, tests

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev        ## the published figures
	$(BIN)/python -m benchmarks

lock:                   ## renew the pinned requirements (needs uv)
	uv pip compile -q --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --upgrade pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    pyproject.toml --group build --group dev --extra english -c requirements.lock -o requirements-dev.lock

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
