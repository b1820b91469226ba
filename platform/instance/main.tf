locals {
  identifier = coalesce(var.identifier, "goldenpath-${var.environment}")

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

  # RDS generates and rotates the master's password; Terraform never sees it. The secret has no host and no port: the
  # workflows read them from variables (install.md).
  username                      = "goldenpath_master"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_id

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
