# The least that runs, for an account without a domain and without a certificate: one document service on plain HTTP, in an
# environment that one `terraform destroy` takes away with its documents.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { environment = "documents-try" }
  }
}

variable "region" {
  description = "Region of AWS, for example \"eu-central-1\"."
  type        = string
}

variable "service_image" {
  description = "Image of the document service, with its tag, where the nodes can pull it."
  type        = string
}

variable "admin_arn" {
  description = "ARN of the IAM role or user with which you will use kubectl."
  type        = string
}

variable "admin_cidr" {
  description = "Address range from which you will use kubectl, for example \"203.0.113.7/32\"."
  type        = string
}

module "documents" {
  source = "../.."

  name                 = "documents-try"
  environment_class    = "ephemeral"
  service_image        = var.service_image
  cluster_access       = { admin = { principal_arn = var.admin_arn } }
  cluster_public_cidrs = [var.admin_cidr]
  client_cidrs         = [var.admin_cidr]
  plain_http           = true

  instances = {
    documents = { node_port = 30080, listener_port = 8080, auth_mode = "none" }
  }
}

output "all_manifests" {
  description = "terraform output -raw all_manifests | kubectl apply -f -"
  value       = module.documents.all_manifests
}

output "operator" {
  description = "What the operator's installation needs."
  value       = module.documents.operator
}

output "cluster" {
  description = "The cluster, and the command that writes a kubeconfig for it."
  value       = module.documents.cluster
}

output "urls" {
  description = "Where the documents are."
  value       = module.documents.urls
}
