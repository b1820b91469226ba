data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  name = "goldenpath-rotate-${var.environment}"

  # ../iam/rotation.json, filled in. A secret that RDS manages has another name than the prefix gives.
  master = "arn:aws:secretsmanager:<region>:<account>:secret:<prefix>/<environment>/rds/master-*"
  text   = replace(file("${path.module}/../iam/rotation.json"), local.master, coalesce(var.master_secret_arn, local.master))
  placeholders = {
    "<account>"     = data.aws_caller_identity.current.account_id
    "<region>"      = data.aws_region.current.region
    "<prefix>"      = var.secret_prefix
    "<environment>" = var.environment
    "<key>"         = coalesce(var.kms_key_id, "none")
  }
  policy = jsondecode(join("", [
    for part in regexall("<[a-z]+>|[^<]+", local.text) : lookup(local.placeholders, part, part)
  ]))
}

resource "aws_iam_role" "rotation" {
  name = local.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "rotation" {
  name = "rotation"
  role = aws_iam_role.rotation.id

  # Without a customer key its statement goes.
  policy = jsonencode(merge(local.policy, {
    Statement = [
      for statement in local.policy.Statement : statement
      if var.kms_key_id != null || statement.Sid != "OnlyWhereSecretsHaveACustomerKey"
    ]
  }))
}

# Network interfaces in the VPC, and the log.
resource "aws_iam_role_policy_attachment" "vpc" {
  role       = aws_iam_role.rotation.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_security_group" "rotation" {
  name        = local.name
  description = "Rotates passwords of ${var.environment}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "instance" {
  security_group_id            = aws_security_group.rotation.id
  referenced_security_group_id = var.instance_security_group_id
  description                  = "PostgreSQL"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

# Secrets Manager, by its VPC endpoint or a NAT gateway.
resource "aws_vpc_security_group_egress_rule" "secrets" {
  security_group_id = aws_security_group.rotation.id
  cidr_ipv4         = var.secrets_manager_cidr
  description       = "Secrets Manager"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "instance" {
  security_group_id            = var.instance_security_group_id
  referenced_security_group_id = aws_security_group.rotation.id
  description                  = local.name
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

# Steps, changes and the rows of the audit; no passwords.
resource "aws_cloudwatch_log_group" "rotation" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = var.log_retention_in_days
}

resource "aws_lambda_function" "rotation" {
  function_name    = local.name
  description      = "Rotates the passwords of the databases of ${var.environment}"
  role             = aws_iam_role.rotation.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "lambda.handler"
  runtime          = "nodejs22.x"
  memory_size      = 512
  # Secrets Manager waits for a step no longer than Lambda; the lock of a provisioner may take a while.
  timeout = 300
  # Many secrets may be due at once.
  reserved_concurrent_executions = var.concurrency

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.rotation.id]
  }

  environment {
    variables = {
      GOLDENPATH_ENVIRONMENT   = var.environment
      GOLDENPATH_SECRET_PREFIX = var.secret_prefix
      GOLDENPATH_MASTER_SECRET = var.master_secret_arn == null ? "" : var.master_secret_arn
      GOLDENPATH_RDS_HOST      = var.host == null ? "" : var.host
      GOLDENPATH_RDS_PORT      = var.host == null ? "" : tostring(var.port)
    }
  }

  depends_on = [
    aws_cloudwatch_log_group.rotation,
    aws_iam_role_policy.rotation,
    aws_iam_role_policy_attachment.vpc,
  ]
}

# A password that is not rotated stays valid, so no app notices.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-errors"
  alarm_description   = "A step of a rotation in ${var.environment} failed. The log group ${aws_cloudwatch_log_group.rotation.name} has the reason."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.rotation.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # It runs seldom.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
}

# Secrets Manager of this account, and nobody else.
resource "aws_lambda_permission" "secrets_manager" {
  statement_id   = "SecretsManager"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotation.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
}
