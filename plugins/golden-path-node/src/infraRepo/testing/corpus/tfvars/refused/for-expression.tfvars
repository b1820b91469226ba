application_databases = { for k in ["a"] : k => { database_name = k, username = k } }
