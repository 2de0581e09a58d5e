# The menu of the house: `make` alone shows it. Every target does its own set-up.
# All paths are relative: the folder may stand under any name.

.DEFAULT_GOAL := help
.PHONY: help setup servers papers demo test soak check format bench lock clean

python := .venv/bin/python
servers := slapd slapd-contrib ldap-utils openssl faketime \
	389-ds-base \
	samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools \
	postgresql postgresql-client
# what `make test` runs once more with the rosters on PostgreSQL; STORE=postgresql runs all of it there
on_postgresql := tests/unit/test_writer.py tests/unit/test_store_links.py tests/unit/test_store_pace.py \
	tests/unit/test_store_migrations.py tests/scim/test_users.py tests/flows/test_trace_roles.py tests/cli/test_states.py
# a file is one worker's, and the slow ones of tests/slow.py are begun first
WORKERS ?= 2
together = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
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

papers: # what draws the letters for the tests; a LibreOffice that is there is left as it is
	@command -v soffice >/dev/null || sh scripts/apt libreoffice-writer-nogui
	@sh scripts/apt poppler-utils fonts-noto-cjk fonts-noto-cjk-extra fonts-liberation

test: setup servers papers ## run all tests, real servers included (ARGS="-k patch" chooses, STORE=postgresql keeps rosters there, WORKERS=3 more at once)
	@$(if $(STORE),HUAMING_TEST_STORE=$(STORE) )$(python) -m pytest -q $(together) $(ARGS)
	@$(if $(STORE)$(ARGS),,HUAMING_TEST_STORE=postgresql $(python) -m pytest -q $(together) $(on_postgresql))

soak: setup servers ## live while everything breaks, then compare (ARGS="--minutes 5 --store postgresql --seed 2")
	@$(python) -m tests.soak $(ARGS)

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
