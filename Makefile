# The usual ways in. Everything else: CONTRIBUTING.md, cmake --list-presets.
.DEFAULT_GOAL := help
.PHONY: run test setup build format check help clean

PRESET ?= release
JOBS ?= $(shell nproc)
TARGETS ?=

run: ## Set up, build and run the engine on the sample data (ONCE=1 stops after the round trip)
	@scripts/setup --build --run --backend
	@$(MAKE) --no-print-directory build TARGETS='aifx aifx_server'
	@ONCE='$(ONCE)' scripts/run

test: ## Set up, build and run every test
	@scripts/setup
	@$(MAKE) --no-print-directory build
	@scripts/test

setup: ## Install what is missing on this machine
	@scripts/setup

build: ## Build one preset (PRESET=release) into build/PRESET (all of it, or TARGETS)
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build build/$(PRESET) -j $(JOBS) $(if $(TARGETS),--target $(TARGETS))

format: ## Format the C++ and proto files
	@scripts/check_format --fix

check: ## Check format and include directions (seconds; .ci/run does this too)
	@scripts/check_format
	@scripts/check_includes.py

clean: ## Remove the build trees (what scripts/setup downloaded stays)
	@cmake -E rm -rf build

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'
