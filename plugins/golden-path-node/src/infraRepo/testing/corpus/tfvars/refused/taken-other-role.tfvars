application_databases = {
  orders_db = {
    database_name = "orders_db"
    username      = "other_user"
  }
}
