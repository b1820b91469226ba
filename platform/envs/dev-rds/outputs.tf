output "secret_names" {
  description = "Name of the secret with the credentials of each database."
  value       = { for key, secret in aws_secretsmanager_secret.database : key => secret.name }
}
