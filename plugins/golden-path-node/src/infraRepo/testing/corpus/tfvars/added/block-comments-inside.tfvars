application_databases = /* all */ {
  accounts_db /* key */ = /* value */ { database_name = "accounts_db" /* , } */, /* { */ username = "accounts_user" } /* } */
}
