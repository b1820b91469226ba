application_databases = {
  "for" = { database_name = "for_db", username = "for_user" }
  "null" = { database_name = "null_db", username = "null_user" }
  "true" = { database_name = "true_db", username = "true_user" }
  in = { database_name = "in_db", username = "in_user" }
  if = { database_name = "if_db", username = "if_user" }
}
