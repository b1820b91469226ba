variable "environment" {
  description = "Environment, part of the names of secrets."
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

variable "db_instance_identifier" {
  description = "Identifier of the shared RDS instance; null for goldenpath-<environment>."
  type        = string
  default     = null
}

variable "secret_prefix" {
  description = "First part of all secret names."
  type        = string
  default     = "goldenpath"
}

variable "catalog_path" {
  description = "The catalog of databases, relative to this folder."
  type        = string
  default     = "../../docs/20-contracts/resource-catalogs/rds-catalog.yaml"
}

variable "kms_key_id" {
  description = "ARN of the KMS key of the secrets; empty for AWS's own."
  type        = string
  default     = null
}

variable "recovery_window_in_days" {
  description = "Days during which a deleted secret can be restored."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_window_in_days >= 7 && var.recovery_window_in_days <= 30
    error_message = "Recovery window: use 7 to 30 days, the limits of Secrets Manager."
  }
}

variable "password_version" {
  description = "Increase it to generate a new password for every database at the next apply."
  type        = number
  default     = 1
}

variable "rotation_lambda_arn" {
  description = "ARN of the function of ../../rotation, which then rotates the password of every database; null for no rotation by AWS."
  type        = string
  default     = null

  validation {
    condition     = var.rotation_lambda_arn == null || can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$", var.rotation_lambda_arn))
    error_message = "Rotation: use the ARN of a Lambda function without a version, or null."
  }
}

# These are the contract's rules for declared databases, which are fewer than those for new requests: a new rule must not block
# the plan of an old database. A test compares both.
variable "application_databases" {
  description = "Databases of the instance. The key is part of the secret's name."
  type = map(object({
    database_name    = string
    username         = string
    createdb         = optional(bool, false)
    connection_limit = optional(number, -1)
  }))
  default = {}

  validation {
    condition     = alltrue([for key in keys(var.application_databases) : can(regex("^[A-Za-z0-9_-]+$", key))])
    error_message = "Key: use letters, digits, \"_\" and \"-\"."
  }

  validation {
    condition     = alltrue([for database in values(var.application_databases) : can(regex("^[a-z][a-z0-9_]{2,62}$", database.database_name))])
    error_message = "Database name: use lower-case letters, digits and underscores, beginning with a letter, 3 to 63 characters."
  }

  validation {
    condition     = !anytrue([for database in values(var.application_databases) : can(regex("^(postgres|template0|template1|rdsadmin)$", database.database_name))])
    error_message = "Database name: PostgreSQL and RDS reserve postgres, template0, template1 and rdsadmin."
  }

  validation {
    condition     = alltrue([for database in values(var.application_databases) : can(regex("^[a-z][a-z0-9_]{2,30}$", database.username))])
    error_message = "Database user: use lower-case letters, digits and underscores, beginning with a letter, 3 to 31 characters."
  }

  validation {
    condition     = !anytrue([for database in values(var.application_databases) : can(regex("^(pg_|rds_|(postgres|public|none|rdsadmin)$)", database.username))])
    error_message = "Database user: PostgreSQL and RDS reserve postgres, public, none, rdsadmin, pg_… and rds_…."
  }

  validation {
    condition     = length(distinct([for database in values(var.application_databases) : database.database_name])) == length(var.application_databases)
    error_message = "Database name: each name must be unique."
  }

  validation {
    condition     = length(distinct([for database in values(var.application_databases) : database.username])) == length(var.application_databases)
    error_message = "Database user: each name must be unique."
  }
}
