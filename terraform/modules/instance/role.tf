# What the pods of this instance may do, and nobody else: the trust names one service account of one cluster exactly.
resource "aws_iam_role" "this" {
  name                 = local.full_name
  path                 = "/document-service/${var.environment}/"
  description          = "Pods of the DocumentService ${var.namespace}/${var.name}"
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
          "${var.oidc.issuer}:sub" = "system:serviceaccount:${var.namespace}:${var.name}"
        }
      }
    }]
  })
}

# The actions are those behind the calls in the service's source, no more: a test compares the two.
resource "aws_iam_role_policy" "this" {
  name = "documents"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Rows"
          Effect   = "Allow"
          Action   = ["dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
          Resource = [local.table_arn]
        },
        {
          Sid      = "Key"
          Effect   = "Allow"
          Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource = [aws_kms_key.this.arn]
          Condition = {
            StringEquals = {
              "kms:ViaService" = ["dynamodb.${var.aws.region}.amazonaws.com", "s3.${var.aws.region}.amazonaws.com"]
            }
          }
        },
      ],
      var.bucket ? [
        {
          Sid      = "Content"
          Effect   = "Allow"
          Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
          Resource = ["${local.bucket_arn}/${local.prefix}*"]
        },
        {
          # For the probe of /health, and since S3 otherwise answers 403 where 404 is meant. The bucket is this instance's alone.
          Sid      = "Bucket"
          Effect   = "Allow"
          Action   = ["s3:ListBucket"]
          Resource = [local.bucket_arn]
        },
      ] : [],
    )
  })
}
