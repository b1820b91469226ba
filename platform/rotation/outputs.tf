output "lambda_arn" {
  description = "Value of rotation_lambda_arn in envs/<environment>-rds/terraform.tfvars."
  value       = aws_lambda_function.rotation.arn
}

output "role_arn" {
  description = "Role of the function."
  value       = aws_iam_role.rotation.arn
}
