application_databases = {
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  old_db = {
    database_name = "old_db"
    username      = "orders_user"
  }
}
