variable "name" {
  description = "Name of the DocumentService resource, which is also the name of its ServiceAccount."
  type        = string
}

variable "namespace" {
  description = "Namespace of the DocumentService resource."
  type        = string
}

variable "environment" {
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

variable "oidc" {
  description = "Identity provider of the cluster: its ARN, and its issuer without https://."
  type = object({
    provider_arn = string
    issuer       = string
  })
}

variable "bucket" {
  description = "Whether content lives in an S3 bucket. false: in DynamoDB, beside the metadata."
  type        = bool
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the table, and the bucket while anything is in it."
  type        = bool
}

variable "key_deletion_days" {
  description = "How many days a deleted encryption key can still be brought back, 7 to 30."
  type        = number
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the role made here; null for none."
  type        = string
}
