doubled = 2 * 3
list = [for i in [1, 2] : i + 1]
map = { for k in ["a"] : k => "}" }
picked = true ? "a" : "b"
joined = "x${1 + 1}y"
application_databases = {
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  }
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
}
