application_databases = {
  old-orders = { username = "orders_user", database_name = "old_db" }
}
