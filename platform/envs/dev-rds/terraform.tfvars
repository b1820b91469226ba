environment = "dev"

# Pull requests of create-rds-database.yml add entries here, in alphabetical order.
application_databases = {}
