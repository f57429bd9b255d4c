resource "aws_security_group" "this" {
  name_prefix = "${var.name}-load-balancer-"
  description = "Load balancer ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-load-balancer" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = { for pair in setproduct(local.open_ports, var.client_cidrs) : "${pair[0]} from ${pair[1]}" => { port = pair[0], cidr = pair[1] } }

  security_group_id = aws_security_group.this.id
  description       = "Clients"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
}

# The load balancer reaches the NodePorts in use and nothing else; only the load balancer reaches them.

resource "aws_vpc_security_group_egress_rule" "node_port" {
  for_each = var.instances

  security_group_id            = aws_security_group.this.id
  description                  = "NodePort of ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.node_port
  to_port                      = each.value.node_port
  referenced_security_group_id = var.node_security_group_id
}

resource "aws_vpc_security_group_ingress_rule" "node_port" {
  for_each = var.instances

  security_group_id            = var.node_security_group_id
  description                  = "NodePort of ${each.key}, from the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = each.value.node_port
  to_port                      = each.value.node_port
  referenced_security_group_id = aws_security_group.this.id
}
