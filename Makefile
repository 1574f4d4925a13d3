# Everything runs in .venv, which the first target to need it makes from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# EXTRA=scale: what a cluster and PostgreSQL take, EXTRA=hub: what JupyterHub takes, each from a lock of its own; EXTRA="scale hub": both.
EXTRA ?=
STAMPS := $(STAMP) $(EXTRA:%=$(STAMP)-%)
# pip asks for the hash of every package, so what is installed is what was locked.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: help install demo lab hub docs pictures test types current verify bench bench-scale lock clean

help:           ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMPS)  ## make .venv with the locked dependencies; EXTRA=scale: for a cluster and PostgreSQL as well, EXTRA=hub: for JupyterHub

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("TensorFlow needs Python 3.11 to 3.13; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	@echo "Installing the locked dependencies into .venv (a minute or two, about 3 GB) ..." >&2
	@$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMP)-%: requirements-%.lock $(STAMP)
	$(PIP) install --require-hashes -r $<
	@touch $@

demo: install   ## build the course and grade a class of made-up students
	$(BIN)/fdl demo

lab: install    ## open JupyterLab as a student; ROLE=instructor for the other side
	$(BIN)/fdl lab --$(or $(ROLE),student)

hub: install $(STAMP)-hub  ## as root: set up JupyterHub for COURSE=DIR, by default in PLACE=/srv/fdl (docs/hub.md)
	$(BIN)/python -m deploy.set_up $(COURSE) $(PLACE:%=--place %) $(PORT:%=--port %)

docs: install   ## build the course and the guides as a site, build/site (runs every experiment: some minutes)
	$(BIN)/fdl site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

pictures: install  ## take the guides' pictures of JupyterLab anew (needs Chromium)
	FDL_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser

test: install   ## lint, type-check, compare notebooks/ with a fresh build, and run every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 types current
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

types: install
	$(BIN)/mypy

current: install
	$(BIN)/fdl build --check

verify: install ## prove what has changed since it was proved; ANEW=1 proves every exercise (a quarter of an hour on two cores)
	$(BIN)/fdl verify $(if $(ANEW),--anew)

bench: install  ## time grading against nbgrader as it comes (twenty minutes on two cores); writes bench/results.md
	$(BIN)/python -m bench

bench-scale: install ## what a class costs as it grows (SIZES="--size 50 --size 200" for less); writes bench/scale.md
	$(BIN)/python -m bench.scale $(SIZES)

lock:           ## resolve pyproject.toml anew (needs uv)
	$(COMPILE) --extra dev -o requirements.lock pyproject.toml
	for extra in scale hub; do \
	  $(PYTHON) -c 'import sys, tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' $$extra \
	    | $(COMPILE) --constraint requirements.lock -o requirements-$$extra.lock - || exit 1; \
	done

clean:          ## remove what was made, except .venv
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache course/demo
