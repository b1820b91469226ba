application_databases = {
  accounts_db = { database_name = var.name, username = "accounts_user" }
}
