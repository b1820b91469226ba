SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

INSTALLED := node_modules/.package-lock.json
APP := packages/app/dist/index.html
APP_SOURCES := packages/app/package.json $(shell find packages/app/src packages/app/public plugins/golden-path/src plugins/golden-path-common/src -type f)

.PHONY: help start local-rotate test test-fast test-matrix test-all lint bench screenshots api-reports packages cli install node

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort -u | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{ printf "%-34s %s\n", $$1, $$2 }'

start: $(INSTALLED) $(APP) ## Start the whole platform on this machine (Ctrl-C stops it)
	@exec node packages/local-platform/bin/local-platform.js

local-rotate: $(INSTALLED) ## Rotate a password on the running local platform (ENV=dev DATABASE=users_db)
	@node packages/local-platform/bin/local-rotate.js "$(ENV)" "$(DATABASE)"

test: $(INSTALLED) $(APP) ## Run every story once (about six minutes on two cores)
	@node scripts/run-tests.js unit e2e

test-fast: $(INSTALLED) ## Run make test without the end-to-end tests
	@node scripts/run-tests.js unit

test-matrix: $(INSTALLED) $(APP) ## Run the provisioner on all versions of PostgreSQL, with both masters, interrupted at every statement; attacks on the workflows; the local GitHub's own tests
	@node scripts/run-tests.js matrix

test-all: $(INSTALLED) $(APP) ## Run make lint, make test and the rest of the matrix (about forty minutes)
	@node scripts/run-tests.js tsc lint api unit e2e matrix

lint: $(INSTALLED) ## Check types, lint and API reports
	@node scripts/run-tests.js tsc lint api

bench: cli ## Measure run times as ratios to a baseline of the same run
	@for bench in benchmarks/*.bench.js; do echo "== $$bench"; node "$$bench"; done

screenshots: $(INSTALLED) $(APP) ## Update the screenshots of the README with the browser tests
	@GOLDENPATH_SCREENSHOTS=test-results/screenshots node node_modules/.bin/jest --ci tests/e2e/wholePath tests/e2e/databasesLook --selectProjects e2e matrix
	@mkdir -p docs/images
	@cd test-results/screenshots && cp form.png finished-run.png {databases,database}-{light,dark}.png ../../docs/images/

api-reports: $(INSTALLED) ## Write what each plugin package exports to its report.api.md
	@node scripts/api-reports.js --write

packages: $(INSTALLED) ## Build the packages that a platform team installs, as dist-packages/*.tgz
	@node scripts/make-packages.js

cli: $(INSTALLED) ## Build the command line as one archive that requires no registry, as dist-cli/goldenpath-rds-<version>.tgz
	@node packages/cli/scripts/make-archive.js

install: $(INSTALLED) ## Install the packages in package-lock.json

node:
	@command -v node >/dev/null || { echo "Node.js is missing: install Node 22 or 24 (20.19 or newer works)." >&2; exit 1; }
	@node scripts/check-node.js

$(INSTALLED): package-lock.json package.json | node
	@echo "Installing what package-lock.json names (2 to 3 minutes) ..."
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(APP): $(APP_SOURCES) $(INSTALLED)
	@echo "Building the Backstage app (about 20 s) ..."
	@npm run --silent build --workspace app > packages/app/build.log 2>&1 || { cat packages/app/build.log; exit 1; }
	@touch $@

# The targets of the kit in platform/.
RDS_ROOT ?= platform
include platform/rds.mk
