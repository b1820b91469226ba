# Databases on the shared RDS instance: include this file in the Makefile at the top of the infra repo.
# Credentials, region and endpoints of AWS come from the environment, as for every AWS tool.

# Never fetched: the one installed here as a devDependency, else the one on the PATH, else what you name.
GOLDENPATH_RDS ?= $(or $(wildcard node_modules/.bin/goldenpath-rds),goldenpath-rds)
RDS_ROOT ?= .
RDS_ARGS ?=

.PHONY: rds-provision rds-provision-dry-run rds-provision-auto rds-init rds-plan rds-apply rds-status rds-env rds-terraform

# The environment's own Terraform root, or the one that it shares with other things.
rds_folder = $(RDS_ROOT)/envs/$(if $(wildcard $(RDS_ROOT)/envs/$(ENV)-rds/terraform.tfvars),$(ENV)-rds,$(ENV))
TERRAFORM ?= terraform

rds-env:
	@case "$(ENV)" in dev|test|staging|prod) ;; *) echo "$(if $(ENV),There is no environment $(ENV),ENV is needed): make $(or $(firstword $(MAKECMDGOALS)),rds-provision) ENV=dev (or test, staging, prod)" >&2; exit 64;; esac
	@command -v $(firstword $(GOLDENPATH_RDS)) >/dev/null || { echo "$(firstword $(GOLDENPATH_RDS)) is not here: install @goldenpath/cli in this repo, or name the command with GOLDENPATH_RDS=…" >&2; exit 64; }

rds-terraform: rds-env
	@command -v $(firstword $(TERRAFORM)) >/dev/null || { echo "$(firstword $(TERRAFORM)) is not here: install Terraform 1, from 1.11 on, or name the command with TERRAFORM=…" >&2; exit 64; }

rds-init: rds-terraform ## Set Terraform up (ENV=dev; TERRAFORM_STATE_BUCKET names the bucket of the state)
	cd "$(rds_folder)" && $(TERRAFORM) init $(if $(TERRAFORM_STATE_BUCKET),-backend-config=bucket="$(TERRAFORM_STATE_BUCKET)")

rds-plan: rds-terraform ## Show which secrets Terraform would make (ENV=dev)
	cd "$(rds_folder)" && $(TERRAFORM) plan

rds-apply: rds-terraform ## Make the secrets; Terraform asks first. rds-provision comes after it (ENV=dev)
	cd "$(rds_folder)" && $(TERRAFORM) apply

rds-status: rds-env ## Show the catalog's databases and, with credentials of AWS, what differs (ENV=dev)
	@$(GOLDENPATH_RDS) status --env "$(ENV)" --root "$(RDS_ROOT)"
	@if [ -n "$${AWS_ACCESS_KEY_ID:-}$${AWS_PROFILE:-}$${AWS_WEB_IDENTITY_TOKEN_FILE:-}$${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}$${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}" ]; then \
	  $(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --check $(RDS_ARGS); \
	else \
	  echo "No credentials of AWS are set, so the databases themselves were not looked at."; \
	fi

rds-provision: rds-env ## Make roles, databases and grants (ENV=dev, standalone)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --require-approval $(RDS_ARGS)

rds-provision-dry-run: rds-env ## Show what rds-provision would do (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --dry-run $(RDS_ARGS)

rds-provision-auto: rds-env ## Like rds-provision; finds standalone or coupled by itself (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode auto --require-approval $(RDS_ARGS)
