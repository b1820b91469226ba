application_databases = {
  "2fa" = { database_name = "second_factor", username = "second_factor" }
  "01"  = { database_name = "first_db", username = "first_user" }
}
