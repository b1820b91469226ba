data "aws_db_instance" "shared" {
  db_instance_identifier = coalesce(var.db_instance_identifier, "goldenpath-${var.environment}")
}

ephemeral "random_password" "database" {
  for_each = var.application_databases

  # Letters and digits require no quotes in a shell, a URL, .pgpass, YAML or a connection string, and SASLprep doesn't change
  # them. 40 of them are 238 bits, below the 100 characters at which older clients stop reading.
  length      = 40
  special     = false
  min_lower   = 1
  min_upper   = 1
  min_numeric = 1
}

resource "aws_secretsmanager_secret" "database" {
  for_each = var.application_databases

  name                    = "${var.secret_prefix}/${var.environment}/${each.key}/postgres"
  description             = "Credentials of database ${each.value.database_name}"
  recovery_window_in_days = var.recovery_window_in_days
  kms_key_id              = var.kms_key_id

  tags = merge(local.ownership_tags[each.key], {
    database   = each.value.database_name
    managed-by = "goldenpath"
  })
}

# Write-only: the value is sent when its version changes and is never read back, so no password is in the state. A changed host
# or a rotated password is no change here. Rotation moves AWSCURRENT to newer versions, which Terraform must not undo, so it
# ignores the stages; and AWS deletes old versions without a stage, which Terraform would create again with a new password, so
# this version keeps one of its own.
resource "aws_secretsmanager_secret_version" "database" {
  for_each = var.application_databases

  secret_id = aws_secretsmanager_secret.database[each.key].id
  secret_string_wo = jsonencode({
    host     = data.aws_db_instance.shared.address
    port     = data.aws_db_instance.shared.port
    dbname   = each.value.database_name
    username = each.value.username
    password = ephemeral.random_password.database[each.key].result
  })
  secret_string_wo_version = var.password_version
  version_stages           = ["AWSCURRENT", "TERRAFORM"]

  lifecycle {
    ignore_changes = [version_stages]
  }
}
