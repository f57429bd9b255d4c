# Two document services that share a cluster, a load balancer and a cache, each with a host name, a table, a bucket, a key
# and a role of its own, in an environment that cannot be deleted by mistake.

terraform {
  required_version = ">= 1.11"

  # The bucket is given at `terraform init -backend-config=...`; its own locks need no table.
  backend "s3" {
    key          = "documents-prod/terraform.tfstate"
    use_lockfile = true
    encrypt      = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = { environment = "documents-prod" }
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate for *.example.org."
  type        = string
}

variable "admin_arn" {
  description = "ARN of the IAM role of the platform team."
  type        = string
}

variable "service_image" {
  description = "Image of the document service, with its digest."
  type        = string
}

variable "client_cidrs" {
  description = "Address ranges of those who may use the documents: the service asks nobody who they are (auth_mode \"none\")."
  type        = list(string)
}

module "documents" {
  source = "../.."

  name            = "documents-prod"
  service_image   = var.service_image
  certificate_arn = var.certificate_arn
  client_cidrs    = var.client_cidrs
  cluster_access  = { platform = { principal_arn = var.admin_arn } }

  instances = {
    invoices = {
      node_port = 30080
      host      = "invoices.example.org"
      namespace = "billing"
      auth_mode = "none"
      replicas  = 4
    }
    notes = {
      node_port          = 30081
      host               = "notes.example.org"
      namespace          = "notes"
      auth_mode          = "none"
      bucket             = false
      max_document_bytes = 1048576
    }
  }
}

output "manifests" {
  description = "The DocumentService of each instance as YAML."
  value       = module.documents.manifests
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

output "load_balancer" {
  description = "What the DNS records of the host names point to."
  value       = module.documents.load_balancer
}

output "urls" {
  description = "Where the documents are."
  value       = module.documents.urls
}
