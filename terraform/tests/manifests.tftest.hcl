# The whole environment applied to a mocked AWS, so that everything is known that is known only after an apply: what the
# outputs say. Whether the manifests are right is asked by contracts.test.ts, which knows the schema of the resource, and by manifests.api.test.ts, which applies them.

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

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"] }
  }

  mock_resource "aws_eks_cluster" {
    defaults = {
      arn      = "arn:aws:eks:eu-central-1:123456789012:cluster/documents-test"
      identity = [{ oidc = [{ issuer = "https://oidc.example.org/id/A" }] }]
    }
  }

  mock_resource "aws_eks_node_group" {
    defaults = { resources = [{ autoscaling_groups = [{ name = "nodes" }], remote_access_security_group_id = "" }] }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 1 }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn      = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/documents-test/0123456789abcdef"
      dns_name = "documents-test-1.eu-central-1.elb.amazonaws.com"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/documents-test/0123456789abcdef/0123456789abcdef" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/documents/0123456789abcdef" }
  }

  mock_resource "aws_elasticache_replication_group" {
    defaults = { primary_endpoint_address = "master.documents-test.abc123.euc1.cache.amazonaws.com" }
  }
}

override_resource {
  target = module.instance["documents"].aws_iam_role.this
  values = { arn = "arn:aws:iam::123456789012:role/document-service/documents-test/documents-test-documents" }
}

override_resource {
  target = module.operator_iam.aws_iam_role.this
  values = { arn = "arn:aws:iam::123456789012:role/document-service-operator/documents-test/documents-test-operator" }
}

variables {
  name            = "documents-test"
  service_image   = "example.org/document-service:0.1.0"
  certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  client_cidrs    = ["203.0.113.0/24"]
  cluster_access  = { platform = { principal_arn = "arn:aws:iam::123456789012:role/platform" } }
}

run "every_field" {
  variables {
    instances = {
      documents = {
        node_port               = 30080
        host                    = "documents.example.org"
        auth_mode               = "none"
        namespace               = "shop"
        image                   = "example.org/document-service:0.2.0"
        replicas                = 4
        cache_ttl_seconds       = 60
        max_document_bytes      = 1048576
        inline_max_bytes        = 4096
        request_timeout_seconds = 20
        drain_seconds           = 25
        log_level               = "debug"
      }
      plain = { node_port = 30081, listener_port = 8443, auth_mode = "none", bucket = false, cache = false }
    }
  }

  assert {
    condition     = output.operator.role_arn == "arn:aws:iam::123456789012:role/document-service-operator/documents-test/documents-test-operator" && output.operator.region == "eu-central-1" && startswith(output.document_services["documents"].spec.aws.roleArn, output.operator.service_role_arn_prefix)
    error_message = "The operator gets its own role, and the roles of the instances are among those that it may accept."
  }

  assert {
    condition     = output.document_services == { for name, manifest in output.manifests : name => yamldecode(manifest) }
    error_message = "Objects and YAML say the same."
  }

  assert {
    condition     = output.urls == { documents = "https://documents.example.org", plain = "https://documents-test-1.eu-central-1.elb.amazonaws.com:8443" }
    error_message = "Each instance has a URL, by its host or by its port."
  }
}
