# The menu of the house: `make` alone shows it. Every target does its own set-up.
# All paths are relative: the folder may stand under any name.

.DEFAULT_GOAL := help
.PHONY: help setup servers demo test check format bench lock clean

python := .venv/bin/python
servers := slapd slapd-contrib ldap-utils openssl
# the commands of bench/; what they share has no such line
benches = $(shell grep -l '^if __name__ == .__main__.:' bench/*.py)

help: ## show this menu
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with the pinned dependencies and .venv/bin/huaming
	@sh scripts/setup

servers: # what the demo, the tests and the benches start as private processes
	@sh scripts/apt $(servers)

demo: setup servers ## run the whole of it on this machine: server, OpenLDAP, a sample roster, a report
	@.venv/bin/huaming demo

test: setup servers ## run all tests, real servers included (ARGS="-k patch" chooses)
	@$(python) -m pytest -q $(ARGS)

check: setup ## format, lint, types, import walls
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(python) -m mypy
	@.venv/bin/lint-imports

format: setup ## rewrite the code in the house's format
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup servers ## measure: each command of bench/ in turn
	@set -e; for each in $(benches); do echo "== $$each"; $(python) "$$each"; done

lock: setup ## write constraints.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	@sh scripts/lock

clean: ## remove .venv and every cache
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build huaming.egg-info
