variable "name" {
  description = "Name of the load balancer, and prefix of the names of everything in this module."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the load balancer and of its targets."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets, in two availability zones at least."
  type        = list(string)
}

variable "client_cidrs" {
  description = "Address ranges from which clients may call."
  type        = list(string)
}

variable "certificate_arn" {
  description = "ACM certificate of every listener. null: plain HTTP."
  type        = string
}

variable "node_security_group_id" {
  description = "Security group of the nodes, which gets one rule for each NodePort."
  type        = string
}

variable "autoscaling_group_name" {
  description = "Autoscaling group of the nodes, which are the targets."
  type        = string
}

variable "instances" {
  description = "What to serve, by name: the NodePort on every node, and exactly one of `host` (a host name on the common listener) and `listener_port` (a listener of its own)."
  type = map(object({
    node_port     = number
    host          = string
    listener_port = number
  }))
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
}
