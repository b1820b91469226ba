# Whose a database is, by the catalog. The tags of its secret say so, and IAM compares them (iam/external-secrets-team.json).
# A catalog that is missing or no YAML fails the plan: tags must not turn to "unknown" because of it.
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
