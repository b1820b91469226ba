application_databases = {
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  payments_db = { database_name = "payments_db", username = "payments_user" }
}
