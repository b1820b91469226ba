terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.26"
    }
  }

  # terraform init -backend-config=bucket=… -backend-config=key=rotation/dev/terraform.tfstate
  backend "s3" {
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
}
