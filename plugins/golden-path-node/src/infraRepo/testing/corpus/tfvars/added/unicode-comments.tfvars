# Datenbanken für Köln 🐘🐘 — 数据库
application_databases = { # 🐘 } ü
  # Konten 🧾
  accounts_db = {
    database_name = "accounts_db"
    username      = "accounts_user"
  } # 🐘 hinten
  # Nutzer 👤
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
}
stadt = "Köln 🐘"
