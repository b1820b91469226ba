application_databases = {
  my_orders_db = { database_name = "my_orders_db", username = "my_orders_user" }
  orders_db2   = { database_name = "orders_db2", username = "orders_user2" }
}
my_application_databases = { orders_db = {} }
