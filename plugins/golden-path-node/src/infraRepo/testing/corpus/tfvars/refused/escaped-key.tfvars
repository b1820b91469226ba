application_databases = {
  "accounts\u005fdb" = { database_name = "accounts_db", username = "accounts_user" }
}
