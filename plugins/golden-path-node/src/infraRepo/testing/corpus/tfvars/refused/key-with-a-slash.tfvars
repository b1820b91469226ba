application_databases = {
  "accounts/db" = { database_name = "accounts_db", username = "accounts_user" }
}
