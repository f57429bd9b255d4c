output "host" {
  description = "Address of the primary. It follows a failover."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "port" {
  description = "Port of the primary, TLS only."
  value       = local.port
}

output "arn" {
  description = "ARN of the replication group."
  value       = "arn:${var.aws.partition}:elasticache:${var.aws.region}:${var.aws.account_id}:replicationgroup:${var.name}"
}
