output "secret_names" {
  description = "Where the credentials of each database are."
  value       = { for key, secret in aws_secretsmanager_secret.database : key => secret.name }
}
