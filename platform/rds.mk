# Databases on the shared RDS instance: include this file in the Makefile at the top of the infra repo.
# Credentials, region and endpoints of AWS come from the environment, as for every AWS tool.

# Never fetched: the one installed here as a devDependency, else the one on the PATH, else what you name.
GOLDENPATH_RDS ?= $(or $(wildcard node_modules/.bin/goldenpath-rds),goldenpath-rds)
RDS_ROOT ?= .
RDS_ARGS ?=

.PHONY: rds-provision rds-provision-dry-run rds-provision-auto rds-env

rds-env:
	@case "$(ENV)" in dev|test|staging|prod) ;; *) echo "ENV is needed: make rds-provision ENV=dev (or test, staging, prod)" >&2; exit 64;; esac
	@command -v $(firstword $(GOLDENPATH_RDS)) >/dev/null || { echo "$(firstword $(GOLDENPATH_RDS)) is not here: install @goldenpath/cli in this repo, or name the command with GOLDENPATH_RDS=…" >&2; exit 64; }

rds-provision: rds-env ## Make roles, databases and grants (ENV=dev, standalone)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --require-approval $(RDS_ARGS)

rds-provision-dry-run: rds-env ## Show what rds-provision would do (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --dry-run $(RDS_ARGS)

rds-provision-auto: rds-env ## Like rds-provision; finds standalone or coupled by itself (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode auto --require-approval $(RDS_ARGS)
