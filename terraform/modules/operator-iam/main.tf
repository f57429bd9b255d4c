resource "aws_iam_role" "this" {
  name                 = "${var.environment}-operator"
  path                 = "/document-service-operator/${var.environment}/"
  description          = "Operator of the document services of ${var.environment}: looks, never touches"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.oidc.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${var.oidc.issuer}:aud" = "sts.amazonaws.com"
          "${var.oidc.issuer}:sub" = "system:serviceaccount:${var.service_account.namespace}:${var.service_account.name}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "describe"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "Tables"
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]
        Resource = var.table_arns
      }],
      length(var.bucket_arns) == 0 ? [] : [{
        # Not HeadBucket: the right to it, s3:ListBucket, would show the ids of the documents.
        Sid      = "Buckets"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:GetBucketVersioning"]
        Resource = var.bucket_arns
      }],
      length(var.replication_group_arns) == 0 ? [] : [{
        Sid      = "Caches"
        Effect   = "Allow"
        Action   = ["elasticache:DescribeReplicationGroups"]
        Resource = var.replication_group_arns
      }],
    )
  })
}
