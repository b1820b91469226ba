application_databases = merge(local.a, {
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
})
