application_databases = true ? {} : {}
