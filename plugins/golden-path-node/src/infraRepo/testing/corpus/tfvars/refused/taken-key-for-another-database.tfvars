application_databases = {
  orders_db = { database_name = "old_db", username = "orders_user" }
}
