variable "environment" {
  description = "Environment of the databases on the instance."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,14}$", var.environment))
    error_message = "Environment: use 2 to 15 lower-case letters and digits, beginning with a letter."
  }
}

variable "region" {
  description = "AWS region; null for the region of Terraform's environment."
  type        = string
  default     = null
}

variable "identifier" {
  description = "Identifier of the instance; null for goldenpath-<environment>, the default of the environment's Terraform root."
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "VPC of the cluster and the runner."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two availability zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS requires subnets in at least two availability zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, keyed by a name that you choose, such as nodes or runner."
  type        = map(string)
}

variable "postgres_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "17"

  validation {
    condition     = contains(["15", "16", "17", "18"], var.postgres_version)
    error_message = "The provisioner supports PostgreSQL 15 to 18."
  }
}

# The instance is shared: choose a class for the sum of the requested sizes.
variable "instance_class" {
  description = "Instance class."
  type        = string
  default     = "db.t3.medium"
}

variable "storage_gb" {
  description = "Initial storage, in GiB."
  type        = number
  default     = 50
}

variable "storage_max_gb" {
  description = "Upper limit of storage autoscaling, in GiB."
  type        = number
  default     = 500
}

variable "multi_az" {
  description = "Whether to keep a standby in another availability zone; null for prod only."
  type        = bool
  default     = null
}

variable "risk" {
  description = "Highest risk of the databases on the instance; sets the retention of backups."
  type        = string
  default     = "medium"

  validation {
    condition     = contains(["none", "low", "medium", "high", "access"], var.risk)
    error_message = "Risk: use none, low, medium, high or access."
  }
}

variable "kms_key_id" {
  description = "ARN of the KMS key for storage and the master's secret; null for the AWS managed keys."
  type        = string
  default     = null
}

# Blue/green deployments don't take passwords that RDS manages (Amazon RDS User Guide, limitations of blue/green deployments).
variable "manage_master_user_password" {
  description = "Whether RDS generates and rotates the master's password. Set to false before an upgrade by a blue/green deployment."
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
