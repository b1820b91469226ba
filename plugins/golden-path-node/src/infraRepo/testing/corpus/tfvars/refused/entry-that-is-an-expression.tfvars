application_databases = {
  accounts_db = merge({}, {})
}
