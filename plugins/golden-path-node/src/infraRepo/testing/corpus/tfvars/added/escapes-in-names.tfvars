application_databases = {
  accounts_db = { database_name = "accounts\u005fdb", username = "accounts_\u0075ser" }
}
