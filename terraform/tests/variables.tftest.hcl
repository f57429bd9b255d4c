# Every validation refuses what it is for. Each run breaks one rule of each variable that it expects to be refused; a run
# costs a second, so those of different variables share one.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { id = "eu-central-1" }
  }
}

variables {
  name               = "documents-test"
  availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  service_image      = "example.org/document-service:0.1.0"
  plain_http         = true
  client_cidrs       = ["203.0.113.0/24"]
  cluster_access     = { platform = { principal_arn = "arn:aws:iam::123456789012:role/platform" } }
  instances          = { documents = { node_port = 30080, listener_port = 8080, auth_mode = "none" } }
}

run "malformed" {
  command = plan

  variables {
    name                     = "Documents"
    environment_class        = "staging"
    permissions_boundary_arn = "boundary"
    vpc_cidr                 = "10.0.0.0"
    availability_zones       = ["eu-central-1a"]
    kubernetes_version       = "latest"
    cluster_public_cidrs     = ["office"]
    nodes                    = { disk_gib = 8 }
    plain_http               = false
    certificate_arn          = "certificate"
    client_cidrs             = ["everywhere"]
    cache_node_type          = "large"
    service_image            = "document-service"
    cluster_access           = { platform = { principal_arn = "platform" } }
    instances                = { Documents = { node_port = 30080, listener_port = 8080, auth_mode = "none" } }
  }

  expect_failures = [
    var.name,
    var.environment_class,
    var.permissions_boundary_arn,
    var.vpc_cidr,
    var.availability_zones,
    var.kubernetes_version,
    var.cluster_public_cidrs,
    var.nodes,
    var.certificate_arn,
    var.client_cidrs,
    var.cache_node_type,
    var.service_image,
    var.cluster_access,
    var.instances,
  ]
}

run "missing_or_empty" {
  command = plan

  variables {
    name            = ""
    vpc_cidr        = ""
    client_cidrs    = []
    cluster_access  = {}
    plain_http      = false
    certificate_arn = null
    instances       = {}
  }

  expect_failures = [var.name, var.vpc_cidr, var.client_cidrs, var.cluster_access, var.certificate_arn, var.instances]
}

run "too_large" {
  command = plan

  variables {
    name                 = "documents-of-all-the-world"
    vpc_cidr             = "10.0.0.0/15"
    cluster_public_cidrs = ["203.0.113.0/24", "0.0.0.0/0"]
    instances            = { for i in range(49) : "documents-${i}" => { node_port = 30000 + i, listener_port = 8000 + i, auth_mode = "none" } }
  }

  expect_failures = [var.name, var.vpc_cidr, var.cluster_public_cidrs, var.instances]
}

run "too_small" {
  command = plan

  variables {
    vpc_cidr  = "10.0.0.0/20"
    instances = { documents = { node_port = 29999, listener_port = 8080, auth_mode = "none" } }
  }

  expect_failures = [var.vpc_cidr, var.instances]
}

run "contradictory" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a", "eu-central-1a"]
    plain_http         = true
    certificate_arn    = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    instances          = { documents = { node_port = 30080, host = "documents.example.org", listener_port = 8080, auth_mode = "none" } }
  }

  expect_failures = [var.availability_zones, var.certificate_arn, var.instances]
}

run "names_that_others_refuse" {
  command = plan

  variables {
    name           = "internal-documents"
    vpc_cidr       = "2001:db8::/16"
    cluster_access = { platform = { principal_arn = "arn:aws:iam::123456789012:role/platform", policy = "AdministratorAccess" } }
    instances      = { documents = { node_port = 30080, listener_port = 8080, auth_mode = "none", namespace = "Shop" } }
  }

  expect_failures = [var.name, var.vpc_cidr, var.cluster_access, var.instances]
}

run "two_hyphens_and_neither_host_nor_port" {
  command = plan

  variables {
    name      = "documents--test"
    instances = { documents = { node_port = 30080, auth_mode = "none" } }
  }

  expect_failures = [var.name, var.instances]
}

run "a_node_port_above_the_range" {
  command = plan

  variables {
    instances = { documents = { node_port = 32768, listener_port = 8080, auth_mode = "none" } }
  }

  expect_failures = [var.instances]
}

run "a_node_port_twice" {
  command = plan

  variables {
    instances = {
      one = { node_port = 30080, listener_port = 8080, auth_mode = "none" }
      two = { node_port = 30080, listener_port = 8081, auth_mode = "none" }
    }
  }

  expect_failures = [var.instances]
}

run "a_host_that_is_a_url" {
  command = plan

  variables {
    instances = { documents = { node_port = 30080, host = "https://documents.example.org", auth_mode = "none" } }
  }

  expect_failures = [var.instances]
}

run "a_host_twice" {
  command = plan

  variables {
    instances = {
      one = { node_port = 30080, host = "documents.example.org", auth_mode = "none" }
      two = { node_port = 30081, host = "documents.example.org", auth_mode = "none" }
    }
  }

  expect_failures = [var.instances]
}

run "a_listener_port_that_the_hosts_share" {
  command = plan

  variables {
    instances = { documents = { node_port = 30080, listener_port = 443, auth_mode = "none" } }
  }

  expect_failures = [var.instances]
}

run "a_listener_port_twice" {
  command = plan

  variables {
    instances = {
      one = { node_port = 30080, listener_port = 8080, auth_mode = "none" }
      two = { node_port = 30081, listener_port = 8080, auth_mode = "none" }
    }
  }

  expect_failures = [var.instances]
}

run "an_authentication_that_is_not_there" {
  command = plan

  variables {
    instances = { documents = { node_port = 30080, listener_port = 8080, auth_mode = "password" } }
  }

  expect_failures = [var.instances]
}

run "large_documents_without_a_bucket" {
  command = plan

  variables {
    instances = { documents = { node_port = 30080, listener_port = 8080, auth_mode = "none", bucket = false, max_document_bytes = 16777217 } }
  }

  expect_failures = [var.instances]
}

run "what_is_unusual_and_allowed" {
  command = plan

  variables {
    name                     = "d1"
    environment_class        = "ephemeral"
    permissions_boundary_arn = "arn:aws-us-gov:iam::123456789012:policy/teams/boundary"
    vpc_cidr                 = "172.16.0.0/19"
    cluster_public_cidrs     = ["0.0.0.0/0"]
    cluster_open_to_internet = true
    nodes                    = { instance_types = ["m7i.xlarge"], min_size = 1, desired_size = 1, max_size = 1 }
    cache_node_type          = "cache.r7g.16xlarge"
    service_image            = "example.org:5000/document-service@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    instances = {
      a                              = { node_port = 30000, listener_port = 1, auth_mode = "none", bucket = false, max_document_bytes = 16777216 }
      abcdefghijklmnopqrstuvwxyz0123 = { node_port = 32767, host = "a.b-c.example.org", auth_mode = "none", namespace = "1a" }
    }
  }
}
