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

variable "log_retention_in_days" {
  description = "Days for which CloudWatch keeps the function's log, which has the rows of the audit."
  type        = number
  default     = 365
}
