# Both examples, planned by the real provider without an account. What only AWS can answer is overridden.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = module.documents.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.documents.data.aws_availability_zones.available
  values = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
}

# Known in the plan, so that examples.test.ts can read every policy.

override_resource {
  override_during = plan
  target          = module.documents.module.cluster.aws_eks_cluster.this
  values          = { identity = [{ oidc = [{ issuer = "https://oidc.example.org/id/A" }] }] }
}

override_resource {
  override_during = plan
  target          = module.documents.module.cluster.aws_iam_openid_connect_provider.this
  values          = { arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A" }
}

override_resource {
  override_during = plan
  target          = module.documents.module.instance["documents"].aws_kms_key.this
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-00000000000d" }
}

override_resource {
  override_during = plan
  target          = module.documents.module.instance["invoices"].aws_kms_key.this
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-00000000000a" }
}

override_resource {
  override_during = plan
  target          = module.documents.module.instance["notes"].aws_kms_key.this
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-00000000000b" }
}

variables {
  admin_arn     = "arn:aws:iam::123456789012:role/platform"
  service_image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/document-service:0.1.0"
}

run "minimal" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    region     = "eu-central-1"
    admin_cidr = "203.0.113.7/32"
  }
}

run "production" {
  command = plan

  module {
    source = "./examples/production"
  }

  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    client_cidrs    = ["203.0.113.0/24"]
  }

  assert {
    condition     = output.urls == { invoices = "https://invoices.example.org", notes = "https://notes.example.org" }
    error_message = "Each host name leads to its instance."
  }
}
