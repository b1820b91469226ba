# How often passwords are rotated, by the risk in the catalog.
locals {
  # Days. A test compares them with the request contract.
  rotation_days = { none = 30, low = 30, medium = 30, high = 14, access = 14 }

  rotation = {
    for key, database in var.application_databases : key => local.rotation_days[
      try(local.catalog.databases[var.environment][database.database_name].metadata.risk, "medium")
    ]
  }
}

# The first rotation comes with the schedule, not at once: the database of a new secret doesn't exist yet.
resource "aws_secretsmanager_secret_rotation" "database" {
  for_each = var.rotation_lambda_arn == null ? {} : local.rotation

  secret_id           = aws_secretsmanager_secret.database[each.key].id
  rotation_lambda_arn = var.rotation_lambda_arn
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = each.value
  }

  depends_on = [aws_secretsmanager_secret_version.database]
}
