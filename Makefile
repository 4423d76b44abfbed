# Every command that people and CI use. Settings go after the target: make up VIEWER_PORT=3001
# Addresses, ports and what else can be set: deploy/local/settings.py and CONTRIBUTING.md.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVICE ?=
NAME ?=
OVERLAY ?= local
SCENARIO ?=
SERVICES := $(notdir $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml)))
PYTEST := $(BIN)/python -m pytest -q
LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-package otelkit \
	--python-version 3.11 --custom-compile-command "make lock"
VENDORS ?=
TO ?=
export PYTHON VENV TO

.PHONY: help setup up down status logs run trace test lint format proto lock collector doctor bench drill readme dashboards \
	k8s-up k8s-down k8s-validate known-service collector-if-possible vendors-if-possible collector-if-local

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

setup: ## make the virtual environment from requirements.lock; nothing to do when it is there
	@sh deploy/local/setup.sh

up: ## bring the whole stack up, in containers or as processes: STACK=compose|local, PROFILE=lite|full, TO=name
	@$(MAKE) -j2 setup collector-if-local
	@$(BIN)/python -m deploy.stack up

down: setup ## end what `make up` began, and nothing else; VOLUMES=1 deletes what containers have stored
	@$(BIN)/python -m deploy.stack down

status: setup ## show every part of the stack; exit code 0 when all are healthy
	@$(BIN)/python -m deploy.stack status

logs: setup ## show and follow logs: SERVICE=x for one part, FOLLOW=0 only to print
	@$(BIN)/python -m deploy.stack logs $(SERVICE)

run: setup ## run one service in the foreground, spans as trees in the terminal: SERVICE=x, SCENARIO=y of it
	@$(BIN)/python -m deploy.local run $(SERVICE) $(if $(SCENARIO),--scenario $(SCENARIO))

trace: setup ## send one request to the stack and print the tree of its trace, read back from the backend
	@$(BIN)/python -m deploy.stack trace

test: known-service ## run all tests, or one service's: SERVICE=x
	@$(MAKE) -j2 setup $(if $(filter-out datadog-export,$(SERVICE)),collector-if-possible,vendors-if-possible)
	@PYTEST="$(PYTEST)" sh tests/run.sh $(SERVICE)

lint: setup ## check style, formatting, types and import arrows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	@for service in $(SERVICES); do echo "$(BIN)/mypy services/$$service/tests"; \
		MYPYPATH=services/$$service $(BIN)/mypy $$(ls services/$$service/tests/*.py services/$$service/proto/*.py 2>/dev/null) || exit 1; done
	$(BIN)/lint-imports

format: setup ## format the code and repair what can be repaired
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

proto: setup ## generate the Python code of each service's proto/ anew
	@for proto in $(wildcard services/*/proto/generate.py); do $(BIN)/python $$proto || exit 1; done

lock: setup ## resolve requirements.lock, each service's requirements.txt and the Collector's go.mod anew
	$(LOCK) --all-extras --group build --group check --group grafana --group proto --group test --group stack \
		pyproject.toml services/*/pyproject.toml -o requirements.lock
	$(LOCK) --group build -c requirements.lock -o requirements-build.txt
	$(LOCK) --no-deps requirements-next.in -o requirements-next.txt
	$(LOCK) -c requirements.lock --extra viewer pyproject.toml -o deploy/compose/viewer/requirements.txt
	$(LOCK) -c requirements.lock --extra kubernetes-emulator pyproject.toml services/k8s-operator/pyproject.toml \
		-o deploy/compose/k8s-operator/requirements.txt
	@for service in $(SERVICES); do echo "services/$$service/requirements.txt"; \
		$(LOCK) --all-extras services/$$service/pyproject.toml -c requirements.lock \
			-o services/$$service/requirements.txt || exit 1; done
	$(BIN)/python -m collector.lock

collector: ## build the Collector (cached outside the tree) and print its path; VENDORS=1 with every exporter
	@$(PYTHON) -m collector.build $(if $(VENDORS),vendors)

doctor: setup known-service ## prove for each service that its instrumentations emit spans: SERVICE=x for one
	@for service in $(or $(SERVICE),$(SERVICES)); do \
		$(BIN)/python -m otelkit doctor --service $$(echo $$service | tr - _) || exit 1; done

bench: setup known-service ## measure what telemetry costs, as a ratio: SERVICE=x or NAME=x, JSON=file
	@$(BIN)/python -m bench $(or $(NAME),$(SERVICE))

drill: ## kill, flood and garble the stack and count what is lost: NAME=x for one, JSON=file
	@$(MAKE) -j2 setup collector-if-possible
	@$(BIN)/python -m tests.e2e.drills $(NAME)

k8s-validate: setup ## prove the Kubernetes manifests, without a cluster: schemas, rules, Collector configurations
	@$(BIN)/python -m deploy.k8s validate

k8s-up: setup ## try the manifests in a cluster of kind: OVERLAY=local
	@$(BIN)/python -m deploy.k8s up $(OVERLAY)

k8s-down: setup ## delete the cluster that k8s-up made, and nothing else
	@$(BIN)/python -m deploy.k8s down

dashboards: setup ## render the dashboards, and the rules that are made from code, anew
	@$(BIN)/python -m deploy.grafana

readme: setup ## write the trace blocks and tables of the READMEs anew
	@for service in $(SERVICES); do $(PYTEST) services/$$service/tests --readme-rewrite || exit 1; done
	$(BIN)/python -m tests.repo.readme_tables --write

known-service:
	@case " $(SERVICES) " in *" $(or $(SERVICE),$(firstword $(SERVICES))) "*) ;; *) \
		echo "there is no service '$(SERVICE)'; known are: $(SERVICES)" >&2; exit 2;; esac

collector-if-possible:
	@$(PYTHON) -m collector.build --if-possible

vendors-if-possible: collector-if-possible # what it compiles, the larger one shares
	@$(PYTHON) -m collector.build vendors --if-possible

collector-if-local: # its image is used where there is a container engine
	@[ '$(STACK)' = compose ] || { [ '$(STACK)' != local ] && docker version >/dev/null 2>&1; } || $(PYTHON) -m collector.build --if-possible
