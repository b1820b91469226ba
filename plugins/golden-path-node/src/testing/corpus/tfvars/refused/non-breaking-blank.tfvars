application_databases = {}
