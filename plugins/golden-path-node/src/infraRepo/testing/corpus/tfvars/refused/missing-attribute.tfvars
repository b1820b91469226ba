application_databases = {
  accounts_db = {
    username = "accounts_user"
  }
}
