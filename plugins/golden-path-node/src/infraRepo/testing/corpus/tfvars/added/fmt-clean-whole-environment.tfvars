# Environment: dev
environment = "dev"
region      = "eu-central-1"

vpc_tags = {
  Environment = "dev"
  Owner       = "platform-team"
}

rds_config = {
  enabled                 = true
  instance_class          = "db.t3.micro"
  backup_retention_period = 7
  allowed_cidr_blocks     = ["10.0.0.0/16", "10.1.0.0/16"]
}

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

node_groups = [
  {
    name = "default"
    size = 3
  },
]
