variable "name" {
  description = "Id of the replication group, and prefix of the names of everything in this module."
  type        = string
}

variable "aws" {
  description = "Where the environment lives: account id, partition (aws or aws-us-gov) and region."
  type = object({
    account_id = string
    partition  = string
    region     = string
  })
}

variable "vpc_id" {
  description = "VPC of the cache."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets for the cache."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Security group of those who may connect: the nodes."
  type        = string
}

variable "node_type" {
  description = "Size of a cache node, for example cache.t4g.small."
  type        = string
}

variable "node_count" {
  description = "1: a single node. 2 or more: one primary and replicas in other availability zones, with automatic failover."
  type        = number
}

variable "snapshot_days" {
  description = "How many days daily snapshots are kept; 0 for none."
  type        = number
}
