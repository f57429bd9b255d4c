# The operator looks and never touches.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  environment              = "documents-test"
  service_account          = { namespace = "docservice-system", name = "docservice-operator" }
  oidc                     = { provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A", issuer = "oidc.example.org/id/A" }
  table_arns               = ["arn:aws:dynamodb:eu-central-1:123456789012:table/one", "arn:aws:dynamodb:eu-central-1:123456789012:table/two"]
  bucket_arns              = ["arn:aws:s3:::one"]
  replication_group_arns   = ["arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:cache"]
  permissions_boundary_arn = null
}

run "everything_there_is" {
  command = plan

  module {
    source = "./modules/operator-iam"
  }

  assert {
    condition     = alltrue([for action in flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action]) : can(regex("^[a-z0-9]+:(Describe|Get|Head|List)[A-Za-z]+$", action))])
    error_message = "Every action of the operator only reads."
  }

  assert {
    condition     = !anytrue([for action in flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action]) : can(regex("(Item|Object|ListBucket|Query|Scan)", action))])
    error_message = "The operator sees no document, and no document's id."
  }

  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource])) == toset(concat(var.table_arns, var.bucket_arns, var.replication_group_arns))
    error_message = "Every statement names exact resources."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == { StringEquals = { "oidc.example.org/id/A:aud" = "sts.amazonaws.com", "oidc.example.org/id/A:sub" = "system:serviceaccount:docservice-system:docservice-operator" } }
    error_message = "The role trusts exactly the operator's ServiceAccount."
  }
}

run "neither_bucket_nor_cache" {
  command = plan

  module {
    source = "./modules/operator-iam"
  }

  variables {
    bucket_arns            = []
    replication_group_arns = []
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid] == ["Tables"]
    error_message = "A statement without resources, which IAM refuses, is left out."
  }
}
