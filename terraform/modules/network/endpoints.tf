# Documents reach DynamoDB and S3 without leaving the network of AWS and without the price of the NAT gateway, and through
# these doors no other table or bucket of the account can be reached, whatever credentials a pod holds.

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.aws.region}.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TablesOfThisEnvironment"
      Effect    = "Allow"
      Principal = "*"
      Action    = "dynamodb:*"
      Resource  = flatten([for arn in var.table_arns : [arn, "${arn}/index/*"]])
      Condition = { StringEquals = { "aws:PrincipalAccount" = var.aws.account_id } }
    }]
  })

  tags = { Name = "${var.name}-dynamodb" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.aws.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      length(var.bucket_arns) == 0 ? [] : [{
        Sid       = "BucketsOfThisEnvironment"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:*"
        Resource  = flatten([for arn in var.bucket_arns : [arn, "${arn}/*"]])
        Condition = { StringEquals = { "aws:PrincipalAccount" = var.aws.account_id } }
      }],
      [{
        # ECR hands out image layers from a bucket of AWS in the same region (ECR user guide, interface VPC endpoints).
        Sid       = "LayersOfContainerImages"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:${var.aws.partition}:s3:::prod-${var.aws.region}-starport-layer-bucket/*"
        Condition = {}
      }],
    )
  })

  tags = { Name = "${var.name}-s3" }
}
