locals {
  # All that environment_class decides.
  class = {
    production = {
      deletion_protection = true
      nat_per_zone        = true
      key_deletion_days   = 30
      log_retention_days  = 90
      cache_node_type     = "cache.m7g.large"
      cache_nodes         = 2
      cache_snapshot_days = 7
      nodes               = { instance_types = ["m7i.large", "m6i.large"], min_size = 3, desired_size = 3, max_size = 9 }
    }
    ephemeral = {
      deletion_protection = false
      nat_per_zone        = false
      key_deletion_days   = 7
      log_retention_days  = 7
      cache_node_type     = "cache.t4g.micro"
      cache_nodes         = 1
      cache_snapshot_days = 0
      nodes               = { instance_types = ["t3.medium", "t3a.medium"], min_size = 2, desired_size = 2, max_size = 4 }
    }
  }[var.environment_class]

  nodes = {
    instance_types = coalesce(var.nodes.instance_types, local.class.nodes.instance_types)
    min_size       = coalesce(var.nodes.min_size, local.class.nodes.min_size)
    desired_size   = coalesce(var.nodes.desired_size, local.class.nodes.desired_size)
    max_size       = coalesce(var.nodes.max_size, local.class.nodes.max_size)
    disk_gib       = var.nodes.disk_gib
  }

  aws = {
    account_id = data.aws_caller_identity.current.account_id
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
  }

  availability_zones = var.availability_zones != null ? var.availability_zones : slice(sort(data.aws_availability_zones.available[0].names), 0, 3)

  # Static keys: which modules exist never depends on what AWS answers.
  cached = anytrue([for instance in var.instances : instance.cache])

  # Where config/ puts the operator.
  operator_service_account = { namespace = "docservice-system", name = "docservice-operator" }
}
