application_databases = {
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
    access_level  = "admin"
  }
}
