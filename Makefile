# make demo: the main job on the sample province, in three minutes. make test: everything that must hold.
.PHONY: setup demo test check bench soak lock

PY = .venv/bin/python

setup: ## .venv from the lock file, and a browser
	@tools/setup

demo: setup ## the sample province, end to end
	@.venv/bin/nianbao demo

test: check ## the whole test suite, browser tests included, on two cores or more
	$(PY) -m pytest -q -n auto --maxprocesses=4 --dist worksteal

check: setup ## format, lint, types, import contract
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup ## speed, as ratios in one run
	$(PY) -m tools.bench

soak: setup ## long campaigns: kills, fuzzing, scale
	$(PY) -m pytest -q -m soak --override-ini addopts= --timeout=7200

lock: ## pin anew what pyproject.toml asks for
	.venv/bin/uv pip compile -q pyproject.toml --universal --extra ocr --group dev --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 -o requirements.lock
