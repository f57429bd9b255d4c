# Names, and so ARNs, are a function of the input: policies can be read, and tested, in a plan.
locals {
  full_name   = "${var.environment}-${var.name}"
  table_name  = local.full_name
  table_arn   = "arn:${var.aws.partition}:dynamodb:${var.aws.region}:${var.aws.account_id}:table/${local.table_name}"
  bucket_name = "${local.full_name}-${substr(sha256("${var.aws.account_id}/${var.aws.region}/${local.full_name}"), 0, 10)}"
  bucket_arn  = "arn:${var.aws.partition}:s3:::${local.bucket_name}"
  prefix      = "documents/"
}

resource "aws_kms_key" "this" {
  description             = "Documents of ${local.full_name}: table and bucket"
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.full_name}-documents"
  target_key_id = aws_kms_key.this.key_id
}
