region = "x"
application_databases = {}
