variable "name" {
  description = "Name of the environment, for example \"documents-prod\": the cluster, the load balancer and the cache are called so, and every other name begins with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name)) && !strcontains(var.name, "--") && !startswith(var.name, "internal-")
    error_message = "Write 2 to 20 lower-case letters, digits and single hyphens for name, beginning with a letter, ending with a letter or digit, and not beginning with \"internal-\"; for example \"documents-prod\"."
  }
}

variable "environment_class" {
  description = "\"production\": nothing that holds documents can be deleted by mistake, and one availability zone may fail. \"ephemeral\": for tries and tests, costs less and goes away at the first destroy, documents included. locals.tf lists what differs."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["production", "ephemeral"], var.environment_class)
    error_message = "Write \"production\" or \"ephemeral\" for environment_class."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds every role made here; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "Write the ARN of an IAM policy for permissions_boundary_arn, for example \"arn:aws:iam::123456789012:policy/boundary\", or leave it out."
  }
}

# Network

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, a /16 to a /19."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 19, false)
    error_message = "Write an IPv4 range with a prefix length of 16 to 19 for vpc_cidr, for example \"10.0.0.0/16\"."
  }
}

variable "availability_zones" {
  description = "Names of the availability zones to use. null: the first three of the region."
  type        = list(string)
  default     = null

  validation {
    condition     = try(length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6 && length(distinct(var.availability_zones)) == length(var.availability_zones), var.availability_zones == null)
    error_message = "Write two to six different zones for availability_zones, for example [\"eu-central-1a\", \"eu-central-1b\"], or leave it out."
  }
}

# Cluster

variable "kubernetes_version" {
  description = "Minor version of Kubernetes on EKS."
  type        = string
  default     = "1.35"

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Write a minor version of Kubernetes for kubernetes_version, for example \"1.35\"."
  }
}

variable "cluster_access" {
  description = <<-EOT
    Who may use the Kubernetes API, by a name of your choice. Nobody else may, not even the one who runs Terraform.
    `principal_arn`: an IAM role or user. `policy`: an EKS access policy, AmazonEKSClusterAdminPolicy where it is left out.
    `namespaces`: the namespaces that it is for; left out, the whole cluster.
  EOT
  type = map(object({
    principal_arn = string
    policy        = optional(string, "AmazonEKSClusterAdminPolicy")
    namespaces    = optional(list(string), [])
  }))

  validation {
    condition     = length(var.cluster_access) > 0
    error_message = "Write one entry at least for cluster_access: without one, nobody can apply anything to the cluster. For example { platform = { principal_arn = \"arn:aws:iam::123456789012:role/platform\" } }."
  }

  validation {
    condition     = alltrue([for access in var.cluster_access : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", access.principal_arn))])
    error_message = "Write the ARN of an IAM role or user for each principal_arn in cluster_access, for example \"arn:aws:iam::123456789012:role/platform\"."
  }

  validation {
    condition     = alltrue([for access in var.cluster_access : can(regex("^AmazonEKS[A-Za-z]+Policy$", access.policy))])
    error_message = "Write the name of an EKS access policy for each policy in cluster_access, for example \"AmazonEKSClusterAdminPolicy\" or \"AmazonEKSViewPolicy\"."
  }
}

variable "cluster_public_cidrs" {
  description = "Address ranges from which the Kubernetes API may be reached over the internet, for example those of your office. Empty: only from inside the VPC."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.cluster_public_cidrs : can(cidrnetmask(cidr))])
    error_message = "Write IPv4 ranges for cluster_public_cidrs, for example [\"203.0.113.0/24\"]."
  }

  validation {
    condition     = var.cluster_open_to_internet || !anytrue([for cidr in var.cluster_public_cidrs : endswith(cidr, "/0")])
    error_message = "cluster_public_cidrs names the whole internet. Write the ranges that really need the Kubernetes API, or set cluster_open_to_internet = true."
  }
}

variable "cluster_open_to_internet" {
  description = "Allows 0.0.0.0/0 in cluster_public_cidrs. The API then still asks for credentials, but anybody may knock."
  type        = bool
  default     = false
}

variable "nodes" {
  description = <<-EOT
    The worker nodes. `instance_types`: of x86_64. `min_size`, `desired_size` (at creation), `max_size`: how many.
    `disk_gib`: root disk of each. What is left out depends on environment_class.
  EOT
  type = object({
    instance_types = optional(list(string))
    min_size       = optional(number)
    desired_size   = optional(number)
    max_size       = optional(number)
    disk_gib       = optional(number, 40)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.nodes.disk_gib >= 20
    error_message = "Write 20 or more for nodes.disk_gib: the system and the container images need it."
  }
}

# Load balancer

variable "certificate_arn" {
  description = "ARN of the ACM certificate that covers the host names of all instances, in the region of the environment. null needs plain_http = true."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "Write the ARN of an ACM certificate for certificate_arn, for example \"arn:aws:acm:eu-central-1:123456789012:certificate/0f0e...\"."
  }

  validation {
    condition     = (var.certificate_arn == null) == var.plain_http
    error_message = "Write certificate_arn, the ARN of an ACM certificate, or set plain_http = true if documents may travel unencrypted; not both."
  }
}

variable "plain_http" {
  description = "Serves plain HTTP, without a certificate: for tries without documents that matter."
  type        = bool
  default     = false
}

variable "client_cidrs" {
  description = "Address ranges from which clients may call the load balancer. Has to be written, since with auth_mode \"none\" whoever reaches it may read and write every document; [\"0.0.0.0/0\"] is everybody."
  type        = list(string)

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr))])
    error_message = "Write IPv4 ranges for client_cidrs, for example [\"203.0.113.0/24\"]; [\"0.0.0.0/0\"] is everybody."
  }
}

# Cache

variable "cache_node_type" {
  description = "Size of the nodes of the shared cache, for example \"cache.m7g.large\". null: depends on environment_class."
  type        = string
  default     = null

  validation {
    condition     = var.cache_node_type == null || can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.cache_node_type))
    error_message = "Write an ElastiCache node type for cache_node_type, for example \"cache.t4g.small\", or leave it out."
  }
}
