locals {
  secure      = var.certificate_arn != null
  protocol    = local.secure ? "HTTPS" : "HTTP"
  scheme      = local.secure ? "https" : "http"
  common_port = local.secure ? 443 : 80
  ssl_policy  = local.secure ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  by_host = { for name, instance in var.instances : name => instance if instance.host != null }
  by_port = { for name, instance in var.instances : name => instance if instance.listener_port != null }

  open_ports = distinct(concat([80, local.common_port], [for instance in local.by_port : instance.listener_port]))
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = 60
}

resource "aws_lb_target_group" "this" {
  for_each = var.instances

  # At most 32 characters. The NodePort is in the name since another port means another target group, made before the old one goes.
  name                 = "${trimsuffix(substr(each.key, 0, 18), "-")}-${each.value.node_port}-${substr(sha256("${var.name}/${each.key}"), 0, 6)}"
  vpc_id               = var.vpc_id
  target_type          = "instance"
  protocol             = "HTTP"
  port                 = each.value.node_port
  deregistration_delay = 30

  # The service's readiness, asked through the NodePort: a node counts while it leads to any ready pod.
  health_check {
    path                = "/readyz"
    port                = "traffic-port"
    protocol            = "HTTP"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_attachment" "this" {
  for_each = var.instances

  autoscaling_group_name = var.autoscaling_group_name
  lb_target_group_arn    = aws_lb_target_group.this[each.key].arn

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "common" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.common_port
  protocol          = local.protocol
  certificate_arn   = var.certificate_arn
  ssl_policy        = local.ssl_policy

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "No document service has this host name."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "redirect" {
  count = local.secure ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener_rule" "host" {
  for_each = local.by_host

  listener_arn = aws_lb_listener.common.arn
  # Unique because NodePorts are, and the same for ever: a neighbour that comes or goes moves no rule.
  priority = each.value.node_port - 29999

  condition {
    host_header {
      values = [each.value.host]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}

resource "aws_lb_listener" "port" {
  for_each = local.by_port

  load_balancer_arn = aws_lb.this.arn
  port              = each.value.listener_port
  protocol          = local.protocol
  certificate_arn   = var.certificate_arn
  ssl_policy        = local.ssl_policy

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}
