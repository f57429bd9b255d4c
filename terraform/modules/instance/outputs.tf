output "table_name" {
  description = "Name of the DynamoDB table."
  value       = aws_dynamodb_table.this.name
}

output "table_arn" {
  description = "ARN of the DynamoDB table, known before it exists."
  value       = local.table_arn
}

output "content" {
  description = "Bucket and key prefix for content; null when content lives in DynamoDB."
  value       = var.bucket ? { bucketName = aws_s3_bucket.this[0].bucket, prefix = local.prefix } : null
}

output "bucket_arn" {
  description = "ARN of the bucket, known before it exists; null when content lives in DynamoDB."
  value       = var.bucket ? local.bucket_arn : null
}

output "role_arn" {
  description = "ARN of the role that the pods assume."
  value       = aws_iam_role.this.arn
}
