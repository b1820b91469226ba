locals {
  identifier = coalesce(var.identifier, "goldenpath-${var.environment}")

  master_username = "goldenpath_master"

  # Days. A test compares them with the request contract.
  backup_retention = { none = 7, low = 7, medium = 14, high = 35, access = 35 }
}

resource "aws_db_subnet_group" "shared" {
  name       = local.identifier
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "shared" {
  name        = "${local.identifier}-rds"
  description = "Who may connect to ${local.identifier}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.shared.id
  referenced_security_group_id = each.value
  description                  = each.key
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "shared" {
  name   = "${local.identifier}-postgres${var.postgres_version}"
  family = "postgres${var.postgres_version}"

  # No connection without TLS.
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # Passwords arrive as SCRAM verifiers. `ddl`, or logging slow statements, would write the verifiers to the log, and also any
  # plaintext password that a person types in CREATE or ALTER ROLE.
  parameter {
    name  = "log_statement"
    value = "none"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "-1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Only where RDS doesn't manage the master's password. The secret comes first and the instance takes its password from
# there, so an apply that ends in between leaves both alike. Host and port are outputs, as for a secret that RDS manages.
ephemeral "random_password" "master" {
  count = var.manage_master_user_password ? 0 : 1

  length  = 40
  special = false
}

resource "aws_secretsmanager_secret" "master" {
  count = var.manage_master_user_password ? 0 : 1

  name        = "${var.secret_prefix}/${var.environment}/rds/master"
  description = "Master of ${local.identifier}"
  kms_key_id  = var.kms_key_id

  tags = {
    environment = var.environment
    managed-by  = "goldenpath"
  }
}

resource "aws_secretsmanager_secret_version" "master" {
  count = var.manage_master_user_password ? 0 : 1

  secret_id = aws_secretsmanager_secret.master[0].id
  secret_string_wo = jsonencode({
    username = local.master_username
    password = ephemeral.random_password.master[0].result
  })
  secret_string_wo_version = var.master_password_version
}

ephemeral "aws_secretsmanager_secret_version" "master" {
  count = var.manage_master_user_password ? 0 : 1

  secret_id = aws_secretsmanager_secret_version.master[0].secret_id
}

resource "aws_db_instance" "shared" {
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.postgres_version
  instance_class = var.instance_class

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_max_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_id

  # Either RDS generates and rotates the master's password, or Terraform passes it on without keeping it. Neither secret has
  # host and port: the workflows get those from variables (install.md).
  username                      = local.master_username
  manage_master_user_password   = var.manage_master_user_password ? true : null
  master_user_secret_kms_key_id = var.manage_master_user_password ? var.kms_key_id : null
  password_wo                   = var.manage_master_user_password ? null : jsondecode(ephemeral.aws_secretsmanager_secret_version.master[0].secret_string).password
  password_wo_version           = var.manage_master_user_password ? null : var.master_password_version

  db_subnet_group_name   = aws_db_subnet_group.shared.name
  vpc_security_group_ids = [aws_security_group.shared.id]
  publicly_accessible    = false
  multi_az               = coalesce(var.multi_az, var.environment == "prod")
  parameter_group_name   = aws_db_parameter_group.shared.name

  backup_retention_period   = local.backup_retention[var.risk]
  copy_tags_to_snapshot     = true
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.identifier}-final"

  auto_minor_version_upgrade = true

  lifecycle {
    prevent_destroy = true
  }

  tags = {
    environment = var.environment
    managed-by  = "goldenpath"
  }
}
