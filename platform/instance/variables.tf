variable "environment" {
  description = "The environment whose databases the instance holds."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,14}$", var.environment))
    error_message = "The environment is named by 2 to 15 lower-case letters and digits, beginning with a letter."
  }
}

variable "region" {
  description = "AWS region; empty takes it from the environment of Terraform."
  type        = string
  default     = null
}

variable "identifier" {
  description = "Name of the instance; empty for goldenpath-<environment>, which is where the environment's own root looks."
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "The VPC that cluster and runner are in."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two availability zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS wants subnets in at least two availability zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by a name of yours: the cluster's nodes, the runner."
  type        = map(string)
}

variable "postgres_version" {
  description = "Major version."
  type        = string
  default     = "17"

  validation {
    condition     = contains(["15", "16", "17", "18"], var.postgres_version)
    error_message = "The provisioner works with PostgreSQL 15 to 18."
  }
}

# The instance is shared: the sizes that requests name are added up by people.
variable "instance_class" {
  description = "Class of the instance."
  type        = string
  default     = "db.t3.medium"
}

variable "storage_gb" {
  description = "Storage at first, in GiB."
  type        = number
  default     = 50
}

variable "storage_max_gb" {
  description = "How far RDS may let it grow by itself, in GiB."
  type        = number
  default     = 500
}

variable "multi_az" {
  description = "Whether a standby is kept in another availability zone; empty for prod only."
  type        = bool
  default     = null
}

variable "risk" {
  description = "The highest risk of the databases on it; sets how long backups are kept."
  type        = string
  default     = "medium"

  validation {
    condition     = contains(["none", "low", "medium", "high", "access"], var.risk)
    error_message = "The risk is none, low, medium, high or access."
  }
}

variable "kms_key_id" {
  description = "ARN of the KMS key of storage and of the master's secret; empty for AWS's own keys."
  type        = string
  default     = null
}

# Blue/green deployments don't take passwords that RDS manages (Amazon RDS User Guide, limitations of blue/green deployments).
variable "manage_master_user_password" {
  description = "Whether RDS makes and rotates the master's password. Set to false before an upgrade by a blue/green deployment."
  type        = bool
  default     = true
}

variable "master_password_version" {
  description = "Where RDS doesn't manage it: count up to give the master a new password at the next apply."
  type        = number
  default     = 1
}

variable "secret_prefix" {
  description = "First part of the names of all secrets."
  type        = string
  default     = "goldenpath"
}
