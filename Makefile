# make demo            set up, then count the embedded synthetic places live on http://127.0.0.1:8000
# make demo SECONDS=60 the same for a minute, then counts beside the known truth
# make test            set up, then lint, types and tests
# make test-long       the same with more examples of each property, and the tests that take long
# make lock            write the lock files anew (needs uv)
# make prove-blind     set up, then watch the service at work and report what of images it keeps (needs strace)
# make clean           remove what make made

PYTHON ?= python3
BIN := .venv/bin
SECONDS ?=
PORT ?= 8000
OUT ?= blind

.PHONY: demo prove-blind test test-long lint types unit compiled lock clean

demo: .venv/runtime
	$(BIN)/comptage demo --port $(PORT) $(if $(SECONDS),--seconds $(SECONDS))

prove-blind: .venv/runtime
	$(BIN)/comptage prove-blind --out $(OUT)

test: lint types unit

test-long: lint types .venv/dev compiled
	$(BIN)/pytest -q --long

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/dev
	$(BIN)/mypy

unit: .venv/dev compiled
	$(BIN)/pytest -q

# Tests start some hundred processes, which would each compile the sources anew where Python may not keep bytecode.
compiled: .venv/runtime
	$(BIN)/python -m compileall -q vision models calibration

# The lock files pin every package and its hash; pip takes them from whichever registry it is set up for.
.venv/runtime: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "comptage needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--no-header --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--no-header --group dev --group build pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
