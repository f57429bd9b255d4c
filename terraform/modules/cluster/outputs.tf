output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "endpoint" {
  description = "Address of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "oidc" {
  description = "What the trust policy of a pod's role needs: ARN of the identity provider, and issuer without https://."
  value = {
    provider_arn = aws_iam_openid_connect_provider.this.arn
    issuer       = trimprefix(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://")
  }
}

output "node_security_group_id" {
  description = "Security group that every node is in, and nothing else."
  value       = aws_security_group.nodes.id
}

output "autoscaling_group_name" {
  description = "Autoscaling group of the nodes. Its name is known only after the node group exists: use it as a value, never as a key."
  value       = aws_eks_node_group.this.resources[0].autoscaling_groups[0].name
}
