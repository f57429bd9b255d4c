output "dns_name" {
  description = "Address of the load balancer: what a CNAME or alias record of your host names points to."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of that address, for an alias record in Route 53."
  value       = aws_lb.this.zone_id
}

output "urls" {
  description = "Where each instance answers, by its name."
  value = {
    for name, instance in var.instances : name => (
      instance.host != null
      ? "${local.scheme}://${instance.host}"
      : "${local.scheme}://${aws_lb.this.dns_name}:${instance.listener_port}"
    )
  }
}
