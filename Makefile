# Each target also works without make: its lines are the commands.
PYTHON ?= python3
BIN := .venv/bin
FAUST := .cache/faust
DASHBOARD := services/dashboard
DASHBOARD_SOURCES := $(shell find $(DASHBOARD) -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.py' 2>/dev/null)

.PHONY: help setup run test check fix bench bench-streams bench-mpie bench-drg bench-federation bench-gateway bench-meta bench-dashboard chaos fuzz soak protos constraints api test-api test-dashboard screenshots clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

setup: .venv/.installed $(DASHBOARD)/dist/index.html ## Install everything and build the dashboard

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all,test]"
	@echo "compiling the inner loops, once: half a minute"
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m services.mpie.ahead
	touch $@

# Faust wants an older click than the tools of the tests, so it lives apart.
$(FAUST)/.installed: pyproject.toml constraints-faust.txt
	$(PYTHON) -m venv $(FAUST)
	$(FAUST)/bin/pip install --quiet --disable-pip-version-check -c constraints-faust.txt \
		-e ".[faust]"
	touch $@

$(DASHBOARD)/node_modules/.installed: $(DASHBOARD)/package-lock.json
	cd $(DASHBOARD) && npm ci --no-audit --no-fund
	touch $@

$(DASHBOARD)/dist/index.html: $(DASHBOARD)/node_modules/.installed $(DASHBOARD_SOURCES)
	cd $(DASHBOARD) && npm run build

run: setup ## Everything on this machine, with two streams to look at
	$(BIN)/scarcity up --demo

ASYNCAPI := tests/contract/asyncapi
CODEGEN := $(DASHBOARD)/codegen

# The parser asks for far more than anything else here, so it lives apart; none of its scripts run.
$(ASYNCAPI)/node_modules/.installed: $(ASYNCAPI)/package-lock.json
	cd $(ASYNCAPI) && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

# A page that is left open, and every page in another language, take minutes.
LONG := tests/e2e/test_dashboard_live.py tests/e2e/test_dashboard_languages.py

test: setup check $(FAUST)/.installed $(ASYNCAPI)/node_modules/.installed ## The checks, then the whole suite
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(LONG:%=--ignore=%)
	cd $(DASHBOARD) && npm test

# The generator wants an older TypeScript than the dashboard, so it lives apart.
$(CODEGEN)/node_modules/.installed: $(CODEGEN)/package-lock.json
	cd $(CODEGEN) && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

check: setup $(CODEGEN)/node_modules/.installed ## Format, lint, types, import contracts, schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy libs services tests tools
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/protos.py --check
	$(BIN)/python tools/asyncapi.py --check
	$(BIN)/python tools/openapi.py --check
	cd $(DASHBOARD) && npm run check

fix: setup ## Format, and mend what the linters can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd $(DASHBOARD) && npm run fix

bench: setup ## Measure; one JSON object as the last line
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.run

PEERS := .cache/bench-peers

# What is compared with wants other versions of what SCARCITY needs, so it lives apart.
$(PEERS)/.installed: tests/bench/streams/peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench-streams: setup $(PEERS)/.installed ## Measure streams on a real Kafka; ARGS="--only rates"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.streams.run $(ARGS)

MPIE_PEERS := .cache/bench-mpie

# They want another scipy than SCARCITY is pinned to, so they live apart, with SCARCITY beside them.
$(MPIE_PEERS)/.installed: tests/bench/mpie/peers.txt pyproject.toml
	$(PYTHON) -m venv $(MPIE_PEERS)
	$(MPIE_PEERS)/bin/pip install --quiet --disable-pip-version-check -r $< -e .
	touch $@

bench-mpie: $(MPIE_PEERS)/.installed ## Measure discovery beside its peers; ARGS="--only accuracy"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(MPIE_PEERS)/bin/python -m bench.mpie.run $(ARGS)

bench-drg: setup ## Try to kill governed processes, simulated and real; ARGS="--seed 1 --real 40"
	PYTHONPATH=tests $(BIN)/python -m bench.drg.run $(ARGS)

bench-federation: setup ## Peers that lie, sealed sums, privacy; ARGS="--seed 1 --seeds 20"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.federation.run $(ARGS)

bench-gateway: setup ## How quick and how sure the front door is; ARGS="--only feed"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.gateway.run $(ARGS)

bench-meta: setup ## What a past is worth, and what guards cost; ARGS="--seed 1 --only rows"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.meta.run $(ARGS)

LIGHTHOUSE := .cache/bench-lighthouse

# Nothing that is shipped needs it, so it lives apart; none of its scripts run.
$(LIGHTHOUSE)/.installed:
	mkdir -p $(LIGHTHOUSE)
	npm install --prefix $(LIGHTHOUSE) --no-audit --no-fund --ignore-scripts lighthouse@12.8.2
	touch $@

bench-dashboard: setup $(LIGHTHOUSE)/.installed ## From event to screen; ARGS="--only soak --minutes 15"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m bench.dashboard.run $(ARGS)

RUNS ?= 50
chaos: setup ## Kill and freeze instances on a real Kafka; RUNS=50 ARGS="--seed 1"
	PYTHONPATH=tests $(BIN)/python -m chaos.run --runs $(RUNS) $(ARGS)

MINUTES ?= 30
fuzz: setup ## Misuse all that reads what anybody may write; MINUTES=10 ARGS="--seed 1"
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/python -m fuzz.run --minutes $(MINUTES) $(ARGS)

soak: setup ## Watch the memory of a busy Stream Manager; MINUTES=30
	PYTHONPATH=tests $(BIN)/python -m soak.run --minutes $(MINUTES) $(ARGS)

protos: setup ## Generate libs/scarcity/wire from proto/
	$(BIN)/python tools/protos.py

COMPILE := uv pip compile pyproject.toml --python-version 3.11 --universal \
	--no-header --no-annotate --no-emit-index-url --quiet --upgrade

api: setup $(CODEGEN)/node_modules/.installed ## Generate docs/api from the code, and the dashboard's types from that
	$(BIN)/python tools/asyncapi.py
	$(BIN)/python tools/openapi.py
	cd $(DASHBOARD) && npm run api

EXAMPLES ?= 200
test-api: setup ## Send the gateway what its document allows, and what not; EXAMPLES=200
	SCARCITY_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -s tests/contract/test_openapi.py

test-dashboard: setup ## The dashboard: its pure parts, then every page in a browser over a running system
	cd $(DASHBOARD) && npm test
	SCARCITY_TEST_PAGES=all SCARCITY_TEST_BREAKS=50 $(BIN)/pytest \
		tests/e2e/test_dashboard.py tests/e2e/test_dashboard_pages.py $(LONG)

screenshots: setup ## Take docs/images anew from a running system
	PYTHONPATH=tests $(BIN)/python -m browser.screenshots docs/images

constraints: ## Pin the newest versions (needs uv)
	$(COMPILE) --extra all --extra test -o constraints.txt
	$(COMPILE) --extra faust -o constraints-faust.txt

clean: ## Remove what setup and the tests made
	rm -rf .venv .cache $(DASHBOARD)/node_modules $(DASHBOARD)/dist $(CODEGEN)/node_modules
