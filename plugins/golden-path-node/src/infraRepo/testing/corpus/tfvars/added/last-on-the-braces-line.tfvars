application_databases = {
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  audit_db = {
    database_name = "audit_db"
    username      = "audit_user" } }
