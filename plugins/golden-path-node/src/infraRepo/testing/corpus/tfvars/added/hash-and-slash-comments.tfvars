// top
# top
application_databases = {
  // about accounts
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  # about users
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
  // bottom
}
// end