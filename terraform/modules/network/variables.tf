variable "name" {
  description = "Name of the environment; prefix of the names of everything in this module."
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

variable "cidr" {
  description = "IPv4 range of the VPC, a /16 to a /19. Each availability zone takes one sixteenth for nodes and pods and one 256th for the load balancer."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 19, false)
    error_message = "Write an IPv4 range with a prefix of 16 to 19, for example \"10.0.0.0/16\"."
  }
}

variable "availability_zones" {
  description = "Names of the availability zones to use, two to six."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6
    error_message = "Write two to six availability zones, for example [\"eu-central-1a\", \"eu-central-1b\"]: the load balancer and the cluster need two at least."
  }
}

variable "nat_per_zone" {
  description = "true: one NAT gateway in each zone, so that a lost zone takes no other with it. false: one for all, which costs less."
  type        = bool
}

variable "table_arns" {
  description = "ARNs of the DynamoDB tables that may be reached through the gateway endpoint."
  type        = list(string)
}

variable "bucket_arns" {
  description = "ARNs of the S3 buckets that may be reached through the gateway endpoint, beside the ones that hold the layers of container images."
  type        = list(string)
}
