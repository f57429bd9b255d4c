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
          Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
          Resource = [local.table_arn]
        },
        {
          Sid      = "List"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = ["${local.table_arn}/index/live"]
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
          Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
          Resource = ["${local.bucket_arn}/${local.prefix}*"]
        },
        {
          # Without it S3 answers 403 where 404 is meant. The bucket holds nothing but this instance's content.
          Sid      = "Absence"
          Effect   = "Allow"
          Action   = ["s3:ListBucket"]
          Resource = [local.bucket_arn]
        },
      ] : [],
    )
  })
}
