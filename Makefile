# Two commands: `make demo` and `make test`. Each makes its own virtual environment first.

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/ready
BIN := $(VENV)/bin

.PHONY: demo test lint types unit bench accuracy package lock clean

demo: $(READY)
	$(BIN)/tracker demo --out out/demo

test: lint types unit package

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

# Two processes: the demo, which runs in real time as a test of its own, leaves a core to the rest.
unit: $(READY)
	$(BIN)/pytest -q -n 2

# Timings are printed, never asserted: a slow day is not a bug.
bench: $(READY)
	$(BIN)/pytest tests/benchmarks --benchmark-enable -q

# Needs the labelled recordings, which lie beside the project; prints the figures and writes ACCURACY.md.
accuracy: $(READY)
	$(BIN)/python -m tests.accuracy

package: $(READY)
	.ci/package $(BIN)/python

$(READY): requirements.lock pyproject.toml
	.ci/bootstrap $(PYTHON) $(VENV)
	touch $@

# Needs uv. Only this target changes versions; everything else installs what the lock says.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--upgrade --no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock

clean:
	rm -rf $(VENV) out build dist
