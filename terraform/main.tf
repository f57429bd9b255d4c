# The infrastructure of document services: network, cluster, load balancer and cache once, and for each entry of
# `instances` a table, a bucket, a role and a way in. What runs in the cluster is not made here: the outputs say what to apply.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_availability_zones" "available" {
  count = var.availability_zones == null ? 1 : 0

  state = "available"

  # No local zones: neither EKS nor NAT gateways are there.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

module "network" {
  source = "./modules/network"

  name               = var.name
  aws                = local.aws
  cidr               = var.vpc_cidr
  availability_zones = local.availability_zones
  nat_per_zone       = local.class.nat_per_zone
  table_arns         = [for instance in module.instance : instance.table_arn]
  bucket_arns        = compact([for instance in module.instance : instance.bucket_arn])
}

module "cluster" {
  source = "./modules/cluster"

  name                     = var.name
  aws                      = local.aws
  kubernetes_version       = var.kubernetes_version
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  access                   = var.cluster_access
  public_cidrs             = var.cluster_public_cidrs
  nodes                    = local.nodes
  log_retention_days       = local.class.log_retention_days
  key_deletion_days        = local.class.key_deletion_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "load_balancer" {
  source = "./modules/load-balancer"

  name                   = var.name
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.public_subnet_ids
  client_cidrs           = var.client_cidrs
  certificate_arn        = var.certificate_arn
  node_security_group_id = module.cluster.node_security_group_id
  autoscaling_group_name = module.cluster.autoscaling_group_name
  deletion_protection    = local.class.deletion_protection

  instances = {
    for name, instance in var.instances : name => {
      node_port     = instance.node_port
      host          = instance.host
      listener_port = instance.listener_port
    }
  }
}

module "cache" {
  source = "./modules/cache"
  count  = local.cached ? 1 : 0

  name                     = var.name
  aws                      = local.aws
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.cluster.node_security_group_id
  node_type                = coalesce(var.cache_node_type, local.class.cache_node_type)
  node_count               = local.class.cache_nodes
  snapshot_days            = local.class.cache_snapshot_days
}

module "instance" {
  source   = "./modules/instance"
  for_each = var.instances

  name                     = each.key
  namespace                = each.value.namespace
  environment              = var.name
  aws                      = local.aws
  oidc                     = module.cluster.oidc
  bucket                   = each.value.bucket
  deletion_protection      = coalesce(each.value.deletion_protection, local.class.deletion_protection)
  key_deletion_days        = local.class.key_deletion_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "operator_iam" {
  source = "./modules/operator-iam"

  environment              = var.name
  service_account          = local.operator_service_account
  oidc                     = module.cluster.oidc
  table_arns               = [for instance in module.instance : instance.table_arn]
  bucket_arns              = compact([for instance in module.instance : instance.bucket_arn])
  replication_group_arns   = module.cache[*].arn
  permissions_boundary_arn = var.permissions_boundary_arn
}
