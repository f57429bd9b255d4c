variable "environment" {
  description = "Name of the environment; prefix of the role's name."
  type        = string
}

variable "service_account" {
  description = "Namespace and name of the operator's ServiceAccount, as in config/."
  type = object({
    namespace = string
    name      = string
  })
}

variable "oidc" {
  description = "Identity provider of the cluster: its ARN, and its issuer without https://."
  type = object({
    provider_arn = string
    issuer       = string
  })
}

variable "table_arns" {
  description = "ARNs of the DynamoDB tables that the operator may describe, one at least."
  type        = list(string)
}

variable "bucket_arns" {
  description = "ARNs of the S3 buckets that the operator may describe."
  type        = list(string)
}

variable "replication_group_arns" {
  description = "ARNs of the ElastiCache replication groups that the operator may describe."
  type        = list(string)
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the role made here; null for none."
  type        = string
}
