terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.26"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # terraform init -backend-config=bucket=… -backend-config=key=instance/dev/terraform.tfstate
  backend "s3" {
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
}
