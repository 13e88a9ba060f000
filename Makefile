# Assay: `make run` brings the market up on this machine, `make test` runs every test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test test-long bench lint generate check setup reset clean help

run: setup ## everything, and a real job; ONCE=1 stops after the job
	@exec $(BIN)/assay up $(if $(ONCE),--once)

test: ## all set-up, all checks, all tests
	@$(PYTHON) worker/bootstrap.py --tests
	@$(MAKE) --no-print-directory check
	@npm run --silent --prefix frontend test
	@$(BIN)/python -m tests.run

test-long: ## the long fuzz and stateful runs
	@$(PYTHON) worker/bootstrap.py --tests
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m tests.run --timeout=7200

bench: setup ## figures as ratios against named peers; ARGS="NAME… --json"
	@$(BIN)/python -m tests.bench $(ARGS)

check: ## linters, types, import rules, generated files
	@$(BIN)/python -m tests.check

lint: check

generate: ## rewrites every generated file
	@$(BIN)/python -m tests.check --write

setup:
	@$(PYTHON) worker/bootstrap.py

reset: ## stops nothing, forgets the local chain, database, results
	@exec $(BIN)/assay reset --yes

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
