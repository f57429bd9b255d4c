variable "instances" {
  description = <<-EOT
    The document services, by the name of their DocumentService resource. An entry makes table, bucket, key, IAM role,
    target group, listener rule, security group rules and the resource to apply.
    `node_port`: the port on every node, 30000 to 32767, its own for each instance.
    `host`: the host name that leads to it. `listener_port`: a port of the load balancer of its own. Exactly one of the two.
    `auth_mode`: who may use the API, "none" for everybody who reaches it; it has no default, so that it is a decision.
    `namespace`: namespace of the resource.
    `bucket`: whether content lives in S3; false: in DynamoDB, at most 16 MiB each. Fixed once there are documents.
    `cache`: whether it uses the shared cache.
    `deletion_protection`: whether AWS refuses to delete table and documents; left out, depends on environment_class.
    The others are fields of the resource, with its defaults: `image` (left out: service_image), `replicas`,
    `cache_ttl_seconds`, `max_document_bytes`, `inline_max_bytes`, `request_timeout_seconds`, `drain_seconds`, `log_level`.
  EOT
  type = map(object({
    node_port               = number
    host                    = optional(string)
    listener_port           = optional(number)
    auth_mode               = string
    namespace               = optional(string, "default")
    bucket                  = optional(bool, true)
    cache                   = optional(bool, true)
    deletion_protection     = optional(bool)
    image                   = optional(string)
    replicas                = optional(number)
    cache_ttl_seconds       = optional(number)
    max_document_bytes      = optional(number)
    inline_max_bytes        = optional(number)
    request_timeout_seconds = optional(number)
    drain_seconds           = optional(number)
    log_level               = optional(string)
  }))

  # A load balancer has 50 listeners (AWS service quotas), of which 80 and 443 are for the host names.
  validation {
    condition     = length(var.instances) >= 1 && length(var.instances) <= 48
    error_message = "Write 1 to 48 instances: one load balancer and one group of nodes can serve no more. More of them belong in another environment."
  }

  validation {
    condition     = alltrue([for name, _ in var.instances : can(regex("^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", name))])
    error_message = "Write 1 to 30 lower-case letters, digits and hyphens for the name of an instance, beginning with a letter and ending with a letter or digit: Kubernetes objects, a table and a bucket are named after it."
  }

  validation {
    condition     = alltrue([for instance in var.instances : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", instance.namespace))])
    error_message = "Write a namespace of Kubernetes for each namespace in instances: at most 63 lower-case letters, digits and hyphens, for example \"default\"."
  }

  validation {
    condition     = alltrue([for instance in var.instances : instance.node_port >= 30000 && instance.node_port <= 32767 && floor(instance.node_port) == instance.node_port])
    error_message = "Write a whole number from 30000 to 32767 for each node_port in instances."
  }

  validation {
    condition     = length(distinct([for instance in var.instances : instance.node_port])) == length(var.instances)
    error_message = "Write another node_port for each of the instances: a port of the nodes leads to one of them."
  }

  validation {
    condition     = alltrue([for instance in var.instances : (instance.host == null) != (instance.listener_port == null)])
    error_message = "Write exactly one of host and listener_port for each of the instances."
  }

  validation {
    condition     = alltrue([for instance in var.instances : instance.host == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", instance.host))])
    error_message = "Write a host name in lower case for each host in instances, for example \"documents.example.org\"."
  }

  validation {
    condition     = length(distinct(compact([for instance in var.instances : instance.host]))) == length(compact([for instance in var.instances : instance.host]))
    error_message = "Write another host for each of the instances: a host name leads to one of them."
  }

  validation {
    condition     = alltrue([for instance in var.instances : try(instance.listener_port >= 1 && instance.listener_port <= 65535 && floor(instance.listener_port) == instance.listener_port && !contains([80, 443], instance.listener_port), instance.listener_port == null)])
    error_message = "Write a whole number from 1 to 65535 for each listener_port in instances, but not 80 or 443, which the host names share."
  }

  validation {
    condition     = length(distinct([for instance in var.instances : instance.listener_port if instance.listener_port != null])) == length([for instance in var.instances : instance if instance.listener_port != null])
    error_message = "Write another listener_port for each of the instances: a port of the load balancer leads to one of them."
  }

  validation {
    condition     = alltrue([for instance in var.instances : instance.auth_mode == "none"])
    error_message = "Write auth_mode = \"none\" for each of the instances: everybody who reaches the load balancer may read and write. It is the only mode so far."
  }

  validation {
    condition     = alltrue([for instance in var.instances : instance.bucket || try(instance.max_document_bytes <= 16777216, instance.max_document_bytes == null)])
    error_message = "Write 16777216 or less for max_document_bytes where bucket = false: DynamoDB holds the content then."
  }
}

variable "service_image" {
  description = "Image of the document service, with a tag or digest, for the instances that name none of their own."
  type        = string

  validation {
    condition     = can(regex("^[^ ]+[:@][^ /]+$", var.service_image))
    error_message = "Write an image with its tag or digest for service_image, for example \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/document-service:0.1.0\"."
  }
}
