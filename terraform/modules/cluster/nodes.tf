resource "aws_iam_role" "nodes" {
  name                 = "${var.name}-nodes"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset([
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonSSMManagedInstanceCore",
  ])

  role       = aws_iam_role.nodes.name
  policy_arn = "${local.managed_policy_prefix}/${each.key}"
}

# What a node is to its neighbours: the load balancer may call its NodePorts, the cache answers it. The rules stand with
# those neighbours. Traffic between nodes and control plane goes by the security group that EKS makes.
resource "aws_security_group" "nodes" {
  name_prefix = "${var.name}-nodes-"
  description = "Nodes of the cluster ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-nodes" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_launch_template" "nodes" {
  name_prefix            = "${var.name}-nodes-"
  description            = "Nodes of the cluster ${var.name}"
  update_default_version = true

  # A template that names security groups no longer gets the one of the cluster by itself.
  vpc_security_group_ids = [
    aws_eks_cluster.this.vpc_config[0].cluster_security_group_id,
    aws_security_group.nodes.id,
  ]

  # IMDSv2 with one hop: a pod that is not on the host's network cannot take the credentials of the node.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.nodes.disk_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])

    content {
      resource_type = tag_specifications.key
      tags          = { Name = "${var.name}-node" }
    }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "${var.name}-"
  node_role_arn          = aws_iam_role.nodes.arn
  subnet_ids             = var.subnet_ids
  version                = aws_eks_cluster.this.version
  ami_type               = "AL2023_x86_64_STANDARD"
  instance_types         = var.nodes.instance_types

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  scaling_config {
    min_size     = var.nodes.min_size
    desired_size = var.nodes.desired_size
    max_size     = var.nodes.max_size
  }

  update_config {
    max_unavailable_percentage = 33
  }

  node_repair_config {
    enabled = true
  }

  lifecycle {
    create_before_destroy = true
    # The number of nodes belongs to whoever scales the group between two runs.
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [
    aws_eks_addon.node,
    aws_iam_role_policy_attachment.nodes,
  ]
}

# A node becomes Ready only with these two, so they are there before it.
resource "aws_eks_addon" "node" {
  for_each = {
    kube-proxy = null
    vpc-cni    = jsonencode({ enableNetworkPolicy = "true" })
  }

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  configuration_values        = each.value
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

# These two are pods that wait for a node. metrics-server is what a HorizontalPodAutoscaler reads.
resource "aws_eks_addon" "workload" {
  for_each = toset(["coredns", "metrics-server"])

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  depends_on = [aws_eks_node_group.this]
}
