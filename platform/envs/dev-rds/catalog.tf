# The owner of each database, from the catalog. IAM compares it as a tag of the secret (iam/external-secrets-team.json).
# A missing or invalid catalog fails the plan: tags must not change to "unknown".
locals {
  catalog = yamldecode(file("${path.module}/${var.catalog_path}"))

  ownership_tags = {
    for key, database in var.application_databases : key => {
      environment = var.environment
      owner       = try(local.catalog.databases[var.environment][database.database_name].metadata.owner, "unknown")
      component   = try(local.catalog.databases[var.environment][database.database_name].metadata.component, "unknown")
    }
  }
}
