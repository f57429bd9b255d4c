# The cache is private, encrypted, and keeps the marks of writes in flight.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                     = "documents-test"
  aws                      = { account_id = "123456789012", partition = "aws", region = "eu-central-1" }
  vpc_id                   = "vpc-0123456789abcdef0"
  subnet_ids               = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  client_security_group_id = "sg-0123456789abcdef0"
  node_type                = "cache.m7g.large"
  node_count               = 2
  snapshot_days            = 7
}

run "a_pair" {
  command = plan

  module {
    source = "./modules/cache"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required" && tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled)
    error_message = "Everything is encrypted, on the way and at rest."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.engine == "valkey" && aws_elasticache_replication_group.this.num_cache_clusters == 2 && aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "A replica in another zone takes over."
  }

  assert {
    condition     = { for parameter in aws_elasticache_parameter_group.this.parameter : parameter.name => parameter.value } == { maxmemory-policy = "volatile-lfu" }
    error_message = "Keys without a time to live are never evicted."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.clients.referenced_security_group_id == "sg-0123456789abcdef0" && aws_vpc_security_group_ingress_rule.clients.from_port == 6379 && aws_vpc_security_group_ingress_rule.clients.to_port == 6379 && aws_vpc_security_group_ingress_rule.clients.cidr_ipv4 == null
    error_message = "Only the nodes reach the cache."
  }
}

run "a_single_node" {
  command = plan

  module {
    source = "./modules/cache"
  }

  variables {
    node_count    = 1
    snapshot_days = 0
  }

  assert {
    condition     = !aws_elasticache_replication_group.this.automatic_failover_enabled && !aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "A single node has nothing to fail over to, and AWS refuses to be asked."
  }
}
