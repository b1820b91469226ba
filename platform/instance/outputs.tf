output "host" {
  description = "Value of the repository variable GOLDENPATH_RDS_HOST_<ENVIRONMENT>."
  value       = aws_db_instance.shared.address
}

output "master_secret_arn" {
  description = "Value of the repository variable GOLDENPATH_MASTER_SECRET_<ENVIRONMENT>, and of the resource in the policies that read it."
  value       = var.manage_master_user_password ? aws_db_instance.shared.master_user_secret[0].secret_arn : aws_secretsmanager_secret.master[0].arn
}
