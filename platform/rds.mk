# Databases on the shared RDS instance: include this file in the Makefile at the top of the infra repo.
# Credentials, region and endpoints of AWS come from the environment, as for every AWS tool.

# Downloads nothing: uses the devDependency of this repo, else the command on the PATH. Set it to use another.
GOLDENPATH_RDS ?= $(or $(wildcard node_modules/.bin/goldenpath-rds),goldenpath-rds)
RDS_ROOT ?= .
RDS_ARGS ?=
# make itself ends with 2 after every failure, whether goldenpath-rds found drift (2), failed (1) or was used wrongly (64). Set a file that
# gets the exit code of goldenpath-rds: make rds-status ENV=dev RDS_EXIT_FILE=code; cat code
RDS_EXIT_FILE ?=
rds_usage = $(if $(RDS_EXIT_FILE),echo 64 > "$(RDS_EXIT_FILE)"; )exit 64
rds_keep = $(if $(RDS_EXIT_FILE), && code=0 || code=$$?; echo $$code > "$(RDS_EXIT_FILE)"; exit $$code)

.PHONY: rds-provision rds-provision-dry-run rds-provision-auto rds-retire-dry-run rds-retire rds-init rds-lock rds-plan rds-apply rds-status rds-env rds-terraform

# The folder of the environments: environmentsPath of goldenpath.yaml.
RDS_ENVS ?= $(or $(shell sed -n "s/^environmentsPath: *[\"']\{0,1\}\([A-Za-z0-9._/-]*\).*/\1/p" "$(RDS_ROOT)/goldenpath.yaml" 2>/dev/null),envs)
# The environments with a terraform.tfvars; goldenpath-rds checks them against goldenpath.yaml.
rds_environments = $(sort $(patsubst %-rds,%,$(notdir $(patsubst %/,%,$(dir $(wildcard $(RDS_ROOT)/$(RDS_ENVS)/*/terraform.tfvars))))))
rds_others = $(wordlist 2,$(words $(rds_environments)),$(rds_environments))
rds_comma := ,
rds_example = ENV=$(or $(firstword $(rds_environments)),dev)$(if $(rds_others), (or $(subst $(eval) ,$(rds_comma) ,$(rds_others))))
# The environment's own Terraform root, or the one that it shares with other resources.
rds_folder = $(RDS_ROOT)/$(RDS_ENVS)/$(if $(wildcard $(RDS_ROOT)/$(RDS_ENVS)/$(ENV)-rds/terraform.tfvars),$(ENV)-rds,$(ENV))
TERRAFORM ?= terraform

rds-env:
	@$(if $(filter-out $(rds_environments),$(or $(ENV),?)),echo "$(if $(ENV),There is no environment $(ENV),ENV is required): make $(or $(firstword $(MAKECMDGOALS)),rds-provision) $(rds_example)" >&2; $(rds_usage))
	@command -v $(firstword $(GOLDENPATH_RDS)) >/dev/null || { echo "$(firstword $(GOLDENPATH_RDS)) was not found: install @goldenpath/cli in this repo, or set the command with GOLDENPATH_RDS=…" >&2; $(rds_usage); }

rds-terraform: rds-env
	@command -v $(firstword $(TERRAFORM)) >/dev/null || { echo "$(firstword $(TERRAFORM)) was not found: install Terraform 1, from 1.11 on, or set the command with TERRAFORM=…" >&2; $(rds_usage); }

rds-init: rds-terraform ## Run terraform init (ENV=dev; TERRAFORM_STATE_BUCKET sets the bucket of the state)
	cd "$(rds_folder)" && $(TERRAFORM) init $(if $(TERRAFORM_STATE_BUCKET),-backend-config=bucket="$(TERRAFORM_STATE_BUCKET)")

# The platforms of apply and of plans. The checksums come from the providers' registry, so this requires internet access.
rds_platforms = linux_amd64 linux_arm64 darwin_amd64 darwin_arm64

rds-lock: rds-terraform ## Write the checksums of the providers for Linux and macOS, to be committed (ENV=dev)
	cd "$(rds_folder)" && $(TERRAFORM) providers lock $(addprefix -platform=,$(rds_platforms))

rds-plan: rds-terraform ## Show which secrets Terraform would create (ENV=dev)
	cd "$(rds_folder)" && $(TERRAFORM) plan

rds-apply: rds-terraform ## Create the secrets; Terraform asks for confirmation. Run rds-provision next (ENV=dev)
	cd "$(rds_folder)" && $(TERRAFORM) apply

rds-status: rds-env ## Show the catalog's databases and, with AWS credentials, their drift (ENV=dev)
	@$(GOLDENPATH_RDS) status --env "$(ENV)" --root "$(RDS_ROOT)"$(rds_keep)
	@if [ -n "$${AWS_ACCESS_KEY_ID:-}$${AWS_PROFILE:-}$${AWS_WEB_IDENTITY_TOKEN_FILE:-}$${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}$${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}" ]; then \
	  $(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --check $(RDS_ARGS)$(rds_keep); \
	else \
	  echo "No AWS credentials are set, so drift was not checked."; \
	fi

rds-provision: rds-env ## Create roles, databases and grants (ENV=dev, standalone)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --require-approval $(RDS_ARGS)$(rds_keep)

rds-provision-dry-run: rds-env ## Show what rds-provision would do (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode standalone --dry-run $(RDS_ARGS)$(rds_keep)

rds-provision-auto: rds-env ## Like rds-provision, but detects standalone or coupled (ENV=dev)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode auto --require-approval $(RDS_ARGS)$(rds_keep)

# Names of databases, with commas between them. Without one, rds-retire lists what could be locked and changes nothing.
rds_retire = --retire$(if $(DATABASE), "$(DATABASE)")

rds-retire-dry-run: rds-env ## Show what rds-retire would lock; without DATABASE what could be locked (ENV=dev DATABASE=orders_db)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode auto --dry-run $(rds_retire) $(RDS_ARGS)$(rds_keep)

rds-retire: rds-env ## Like rds-provision-auto, and lock the roles of DATABASE, which no entry declares; drops nothing (ENV=dev DATABASE=orders_db)
	$(GOLDENPATH_RDS) provision --env "$(ENV)" --root "$(RDS_ROOT)" --mode auto --require-approval $(rds_retire) $(RDS_ARGS)$(rds_keep)
