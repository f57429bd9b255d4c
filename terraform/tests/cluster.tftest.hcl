# The cluster and its nodes.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                     = "documents-test"
  aws                      = { account_id = "123456789012", partition = "aws", region = "eu-central-1" }
  kubernetes_version       = "1.35"
  vpc_id                   = "vpc-0123456789abcdef0"
  subnet_ids               = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  public_cidrs             = []
  nodes                    = { instance_types = ["m7i.large"], min_size = 3, desired_size = 3, max_size = 9, disk_gib = 40 }
  log_retention_days       = 90
  key_deletion_days        = 30
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  access = {
    platform = { principal_arn = "arn:aws:iam::123456789012:role/platform", policy = "AmazonEKSClusterAdminPolicy", namespaces = [] }
    shop     = { principal_arn = "arn:aws:iam::123456789012:role/shop", policy = "AmazonEKSEditPolicy", namespaces = ["shop"] }
  }
}

run "a_private_cluster" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The API is reached from inside the VPC only."
  }

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access entries say who may come in, and the creator is not let in by the way."
  }

  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && contains(aws_eks_cluster.this.enabled_cluster_log_types, "audit") && aws_cloudwatch_log_group.control_plane.name == "/aws/eks/documents-test/cluster" && aws_cloudwatch_log_group.control_plane.retention_in_days == 90
    error_message = "Secrets are encrypted, and the audit log is kept for the time given."
  }

  assert {
    condition     = aws_launch_template.nodes.metadata_options[0].http_tokens == "required" && aws_launch_template.nodes.metadata_options[0].http_put_response_hop_limit == 1 && tobool(aws_launch_template.nodes.block_device_mappings[0].ebs[0].encrypted)
    error_message = "Pods cannot take the credentials of their node, and disks are encrypted."
  }

  assert {
    condition     = jsonencode({ for name, association in aws_eks_access_policy_association.this : name => [association.access_scope[0].type, association.access_scope[0].namespaces] }) == jsonencode({ platform = ["cluster", null], shop = ["namespace", ["shop"]] })
    error_message = "An entry without namespaces is for the whole cluster, one with namespaces for those."
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.cluster, aws_iam_role.nodes] : role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"])
    error_message = "Every role is bounded."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this.client_id_list == toset(["sts.amazonaws.com"])
    error_message = "Pods get roles by the identity provider of the cluster."
  }
}

run "an_api_for_the_office" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    public_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "The API is reached from the ranges given."
  }
}

run "sizes_that_contradict" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    nodes = { instance_types = ["m7i.large"], min_size = 3, desired_size = 2, max_size = 9, disk_gib = 40 }
  }

  expect_failures = [var.nodes]
}
