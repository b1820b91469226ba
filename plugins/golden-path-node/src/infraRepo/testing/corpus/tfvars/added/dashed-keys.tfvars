application_databases = {
  accounts-db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  "users-db" = {
    database_name = "users_db"
    username      = "users_app_user"
  }
}
