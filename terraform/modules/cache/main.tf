locals {
  port       = 6379
  replicated = var.node_count > 1
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Private subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-valkey8"
  description = "Document cache of ${var.name}"
  family      = "valkey8"

  # Keys without a time to live are never evicted: the cache protocol keeps its marks for writes in flight in them.
  parameter {
    name  = "maxmemory-policy"
    value = "volatile-lfu"
  }
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-cache-"
  description = "Cache of ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-cache" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id            = aws_security_group.this.id
  description                  = "Pods on the nodes"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  referenced_security_group_id = var.client_security_group_id
}

# One shard: the cache protocol tells servers apart by their run id, which a cluster of shards does not have.
resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "Document cache of ${var.name}"
  engine                     = "valkey"
  engine_version             = "8.0"
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  port                       = local.port
  node_type                  = var.node_type
  num_cache_clusters         = var.node_count
  automatic_failover_enabled = local.replicated
  multi_az_enabled           = local.replicated
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  snapshot_retention_limit   = var.snapshot_days
  auto_minor_version_upgrade = true
  apply_immediately          = true
}
