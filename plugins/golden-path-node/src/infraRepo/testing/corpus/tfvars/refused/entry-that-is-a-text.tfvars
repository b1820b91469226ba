application_databases = {
  accounts_db = "accounts_user"
}
