# One document service, planned by the real provider without an account: every policy is known in the plan.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                     = "documents"
  namespace                = "shop"
  environment              = "documents-test"
  aws                      = { account_id = "123456789012", partition = "aws", region = "eu-central-1" }
  oidc                     = { provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A", issuer = "oidc.example.org/id/A" }
  bucket                   = true
  deletion_protection      = true
  key_deletion_days        = 30
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
}

override_resource {
  override_during = plan
  target          = aws_kms_key.this
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

run "a_protected_instance" {
  command = plan

  module {
    source = "./modules/instance"
  }

  assert {
    condition     = aws_dynamodb_table.this.deletion_protection_enabled && !aws_s3_bucket.this[0].force_destroy
    error_message = "A protected instance keeps its table and its bucket through a destroy."
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == aws_kms_key.this.arn
    error_message = "The table can be brought back to any point in time and is encrypted by the key of the instance."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this[0].block_public_acls && aws_s3_bucket_public_access_block.this[0].block_public_policy && aws_s3_bucket_public_access_block.this[0].ignore_public_acls && aws_s3_bucket_public_access_block.this[0].restrict_public_buckets
    error_message = "Public access to the bucket is blocked in all four ways."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this[0].versioning_configuration[0].status == "Enabled" && one(aws_s3_bucket_server_side_encryption_configuration.this[0].rule).apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.this.arn
    error_message = "The bucket keeps old versions and is encrypted by the key of the instance."
  }

  assert {
    condition     = min([for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule : rule.noncurrent_version_expiration[0].noncurrent_days if length(rule.noncurrent_version_expiration) > 0]...) > 35
    error_message = "Content outlives the 35 days that point-in-time recovery of the table reaches back."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_s3_bucket_policy.this[0].policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ])
    error_message = "The bucket refuses whoever comes without TLS."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = { StringEquals = {
          "oidc.example.org/id/A:aud" = "sts.amazonaws.com"
          "oidc.example.org/id/A:sub" = "system:serviceaccount:shop:documents"
        } }
      }]
    }
    error_message = "The role trusts exactly the ServiceAccount that is named as the resource."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this.max_session_duration == 3600
    error_message = "The role is bounded, and its sessions last an hour at most."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action])) == toset([
      "dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
      "kms:Decrypt", "kms:GenerateDataKey",
      "s3:AbortMultipartUpload", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    ])
    error_message = "Pods may do what the service does and nothing else; no table, bucket or policy can be changed or deleted by them."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource])) == toset([
      "arn:aws:dynamodb:eu-central-1:123456789012:table/documents-test-documents",
      "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
      "arn:aws:s3:::${aws_s3_bucket.this[0].bucket}",
      "arn:aws:s3:::${aws_s3_bucket.this[0].bucket}/documents/*",
    ])
    error_message = "Every statement names exactly the table, key, bucket or prefix of this instance."
  }

  assert {
    condition     = output.bucket_arn == "arn:aws:s3:::${aws_s3_bucket.this[0].bucket}" && output.table_arn == "arn:aws:dynamodb:eu-central-1:123456789012:table/${aws_dynamodb_table.this.name}"
    error_message = "The ARNs that policies elsewhere are made from are those of the bucket and the table."
  }
}

run "an_instance_that_may_go" {
  command = plan

  module {
    source = "./modules/instance"
  }

  variables {
    deletion_protection = false
  }

  assert {
    condition     = !aws_dynamodb_table.this.deletion_protection_enabled && aws_s3_bucket.this[0].force_destroy
    error_message = "Without protection one destroy removes table, bucket and documents."
  }

  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    error_message = "Point-in-time recovery is for all."
  }
}

run "an_instance_without_a_bucket" {
  command = plan

  module {
    source = "./modules/instance"
  }

  variables {
    bucket = false
  }

  assert {
    condition     = length(aws_s3_bucket.this) == 0 && output.content == null && output.bucket_arn == null
    error_message = "Without a bucket there is none, and nothing names one."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.this.policy, "s3:Get") && !strcontains(aws_iam_role_policy.this.policy, "arn:aws:s3")
    error_message = "Without a bucket pods have no right in S3."
  }
}

run "the_longest_names_in_the_longest_region" {
  command = plan

  module {
    source = "./modules/instance"
  }

  variables {
    name        = "abcdefghijklmnopqrstuvwxyz0123"
    environment = "documents-production"
    aws         = { account_id = "123456789012", partition = "aws-us-gov", region = "us-gov-northwest-1" }
  }

  assert {
    condition     = length(aws_s3_bucket.this[0].bucket) <= 63 && length(aws_iam_role.this.name) <= 64
    error_message = "The longest names allowed still fit a bucket (63 characters) and a role (64)."
  }

  assert {
    condition     = startswith(output.bucket_arn, "arn:aws-us-gov:s3:::")
    error_message = "ARNs are of the partition."
  }
}
