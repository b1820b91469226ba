terraform {
  # Ephemeral values and write-only arguments keep passwords out of the state.
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Since 6.26 a plan doesn't read the value of a write-only secret, so the plan role requires no access to it.
      version = "~> 6.26"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # Bucket and region: terraform init -backend-config=bucket=… -backend-config=region=…
  backend "s3" {
    key          = "envs/dev-rds/terraform.tfstate"
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
}
