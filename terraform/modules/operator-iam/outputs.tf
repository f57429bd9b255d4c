output "role_arn" {
  description = "ARN of the role that the operator assumes."
  value       = aws_iam_role.this.arn
}
