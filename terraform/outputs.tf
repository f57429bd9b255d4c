output "manifests" {
  description = "The DocumentService of each instance as YAML, by its name, to be applied to the cluster."
  value       = local.manifests
}

output "all_manifests" {
  description = "All of manifests as one stream: terraform output -raw all_manifests | kubectl apply -f -"
  value       = join("---\n", values(local.manifests))
}

output "document_services" {
  description = "What manifests says, as objects, by the name of the instance."
  value       = local.document_services
}

output "operator" {
  description = "What the operator's installation needs: its ServiceAccount, the role to annotate it with (eks.amazonaws.com/role-arn), the region, and the beginning of the ARN of every role that a DocumentService of this environment may name."
  value = {
    namespace               = local.operator_service_account.namespace
    service_account_name    = local.operator_service_account.name
    role_arn                = module.operator_iam.role_arn
    region                  = local.aws.region
    service_role_arn_prefix = "arn:${local.aws.partition}:iam::${local.aws.account_id}:role/document-service/${var.name}/"
  }
}

output "cluster" {
  description = "The cluster, and the command that writes a kubeconfig for it."
  value = {
    name              = module.cluster.name
    endpoint          = module.cluster.endpoint
    update_kubeconfig = "aws eks update-kubeconfig --region ${local.aws.region} --name ${module.cluster.name}"
  }
}

output "load_balancer" {
  description = "What the DNS records of your host names point to: its address, and the hosted zone of that address for alias records."
  value = {
    dns_name = module.load_balancer.dns_name
    zone_id  = module.load_balancer.zone_id
  }
}

output "urls" {
  description = "Where each instance answers, by its name."
  value       = module.load_balancer.urls
}
