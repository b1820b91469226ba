variable "environment" {
  description = "Environment whose passwords are rotated."
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

variable "package" {
  description = "The zip with the unpacked archive of make cli: lambda.js is at its top."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the instance."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets from which the function reaches the instance and Secrets Manager."
  type        = list(string)
}

variable "instance_security_group_id" {
  description = "Security group of the instance; it gets a rule that lets the function connect."
  type        = string
}

variable "secrets_manager_cidr" {
  description = "Addresses of the VPC endpoint of Secrets Manager; everywhere for a NAT gateway."
  type        = string
  default     = "0.0.0.0/0"
}

variable "host" {
  description = "Host of the instance, if RDS manages the master's secret, which has none."
  type        = string
  default     = null
}

variable "port" {
  description = "Port of the instance."
  type        = number
  default     = 5432
}

variable "master_secret_arn" {
  description = "ARN of the master's secret, if RDS manages it; null for <secret_prefix>/<environment>/rds/master."
  type        = string
  default     = null
}

variable "secret_prefix" {
  description = "First part of all secret names."
  type        = string
  default     = "goldenpath"
}

variable "kms_key_id" {
  description = "Id of the KMS key of the secrets, without the ARN before it; null for AWS's own."
  type        = string
  default     = null
}

variable "concurrency" {
  description = "Functions that run at once: each has connections to the instance. Secrets Manager tries again what found none free. -1 for no bound, if the account's quota leaves nothing to reserve."
  type        = number
  default     = 2

  # 0 would stop the function.
  validation {
    condition     = var.concurrency == -1 || (var.concurrency >= 1 && floor(var.concurrency) == var.concurrency)
    error_message = "Concurrency: use a whole number from 1, or -1 for no bound."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that hear of a failed function; without any the alarm only shows in CloudWatch."
  type        = list(string)
  default     = []
}

variable "log_retention_in_days" {
  description = "Days for which CloudWatch keeps the function's log, which has the rows of the audit."
  type        = number
  default     = 365
}
