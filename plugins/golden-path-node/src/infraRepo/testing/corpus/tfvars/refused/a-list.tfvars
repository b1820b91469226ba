application_databases = [
  { database_name = "accounts_db", username = "accounts_user" },
]
