application_databases = {
  accounts_db = { database_name = "accounts_${"db"}", username = "accounts_user" }
}
