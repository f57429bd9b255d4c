# The one thing that the internet reaches, and what it reaches.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                   = "documents-test"
  vpc_id                 = "vpc-0123456789abcdef0"
  subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  client_cidrs           = ["203.0.113.0/24", "198.51.100.0/24"]
  certificate_arn        = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  node_security_group_id = "sg-0123456789abcdef0"
  autoscaling_group_name = "nodes"
  deletion_protection    = true
  instances = {
    by-host                        = { node_port = 30080, host = "documents.example.org", listener_port = null }
    by-port-with-a-rather-long-nam = { node_port = 30081, host = null, listener_port = 8443 }
  }
}

run "with_a_certificate" {
  command = plan

  module {
    source = "./modules/load-balancer"
  }

  assert {
    condition     = jsonencode({ for name, rule in aws_vpc_security_group_ingress_rule.node_port : name => [rule.security_group_id, rule.from_port, rule.to_port, rule.cidr_ipv4] }) == jsonencode({ by-host = ["sg-0123456789abcdef0", 30080, 30080, null], by-port-with-a-rather-long-nam = ["sg-0123456789abcdef0", 30081, 30081, null] })
    error_message = "The nodes are open for exactly the NodePorts in use, to no address range."
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_egress_rule.node_port : name => [rule.from_port, rule.to_port, rule.referenced_security_group_id] } == { by-host = [30080, 30080, "sg-0123456789abcdef0"], by-port-with-a-rather-long-nam = [30081, 30081, "sg-0123456789abcdef0"] }
    error_message = "The load balancer reaches exactly the NodePorts in use."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : "${rule.cidr_ipv4} ${rule.from_port}-${rule.to_port}"]) == toset([for pair in setproduct(["203.0.113.0/24", "198.51.100.0/24"], ["80-80", "443-443", "8443-8443"]) : join(" ", pair)])
    error_message = "Clients reach the ports that are listened on, from the ranges given."
  }

  assert {
    condition     = alltrue([for name, group in aws_lb_target_group.this : group.target_type == "instance" && group.port == var.instances[name].node_port && group.health_check[0].path == "/readyz" && group.health_check[0].port == "traffic-port" && length(group.name) <= 32]) && toset(keys(aws_autoscaling_attachment.this)) == toset(keys(var.instances))
    error_message = "Each instance has a target group on its NodePort, with every node in it that leads to a ready pod."
  }

  assert {
    condition     = aws_lb_listener.common.port == 443 && aws_lb_listener.common.protocol == "HTTPS" && aws_lb_listener.common.default_action[0].fixed_response[0].status_code == "404" && aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.port["by-port-with-a-rather-long-nam"].protocol == "HTTPS"
    error_message = "With a certificate everything is HTTPS, HTTP is sent there, and an unknown host name gets 404."
  }

  assert {
    condition     = toset(keys(aws_lb_listener_rule.host)) == toset(["by-host"]) && toset(flatten(aws_lb_listener_rule.host["by-host"].condition[*].host_header[*].values[*])) == toset(["documents.example.org"])
    error_message = "A host name leads to its instance."
  }

  assert {
    condition     = aws_lb.this.enable_deletion_protection && aws_lb.this.drop_invalid_header_fields && aws_lb.this.desync_mitigation_mode == "defensive"
    error_message = "The load balancer is protected and drops what could be read in two ways."
  }

  assert {
    condition     = output.urls["by-host"] == "https://documents.example.org"
    error_message = "urls says where an instance answers."
  }
}

run "without_a_certificate" {
  command = plan

  module {
    source = "./modules/load-balancer"
  }

  variables {
    certificate_arn     = null
    deletion_protection = false
  }

  assert {
    condition     = aws_lb_listener.common.port == 80 && aws_lb_listener.common.protocol == "HTTP" && length(aws_lb_listener.redirect) == 0 && aws_lb_listener.port["by-port-with-a-rather-long-nam"].protocol == "HTTP"
    error_message = "Without a certificate everything is HTTP."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : rule.from_port]) == toset([80, 8443])
    error_message = "Without a certificate nothing listens on 443."
  }
}
