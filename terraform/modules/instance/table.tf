# The commit of every document. What the rows hold is the service's business; keys, index and time to live are agreed
# between the service, the local stand-in and this file, and a test compares them.
resource "aws_dynamodb_table" "this" {
  name                        = local.table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "shard"
    type = "S"
  }

  attribute {
    name = "id"
    type = "S"
  }

  global_secondary_index {
    name               = "live"
    hash_key           = "shard"
    range_key          = "id"
    projection_type    = "INCLUDE"
    non_key_attributes = ["ver", "len", "ctype", "sha256", "modified"]
  }

  ttl {
    attribute_name = "exp"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
}
