application_databases = null
