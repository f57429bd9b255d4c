variable "name" {
  description = "Name of the cluster, and prefix of the names of everything in this module."
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

variable "kubernetes_version" {
  description = "Minor version of Kubernetes, for example \"1.35\"."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the nodes."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets for the nodes and the API endpoint, in two availability zones at least."
  type        = list(string)
}

variable "access" {
  description = <<-EOT
    Who may use the Kubernetes API, by a name of your choice. `principal_arn`: an IAM role or user.
    `policy`: an EKS access policy, for example AmazonEKSClusterAdminPolicy. `namespaces`: empty means the whole cluster.
  EOT
  type = map(object({
    principal_arn = string
    policy        = string
    namespaces    = list(string)
  }))
}

variable "public_cidrs" {
  description = "Address ranges from which the Kubernetes API may be reached over the internet. Empty: only from inside the VPC."
  type        = list(string)
}

variable "nodes" {
  description = "The managed node group: instance types of one architecture (x86_64), least, wanted (at creation) and most nodes, and the size of the root disk in GiB."
  type = object({
    instance_types = list(string)
    min_size       = number
    desired_size   = number
    max_size       = number
    disk_gib       = number
  })

  validation {
    condition     = var.nodes.min_size >= 1 && var.nodes.min_size <= var.nodes.desired_size && var.nodes.desired_size <= var.nodes.max_size
    error_message = "Write sizes for nodes with 1 <= min_size <= desired_size <= max_size; these are ${var.nodes.min_size}, ${var.nodes.desired_size} and ${var.nodes.max_size}."
  }
}

variable "log_retention_days" {
  description = "How many days the logs of the control plane are kept."
  type        = number
}

variable "key_deletion_days" {
  description = "How many days a deleted encryption key can still be brought back, 7 to 30."
  type        = number
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for every role made here; null for none."
  type        = string
}
