application_databases = {
  accounts_db = {
    connection_limit = 20
    createdb         = true
    database_name    = "accounts_db"
    username         = "accounts_user"
  }
  users_db = {
    username         = "users_app_user"
    database_name    = "users_db"
    connection_limit = -1
    createdb         = null
  }
}
