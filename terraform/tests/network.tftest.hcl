# Private nodes, one way in and one way out.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "documents-test"
  aws                = { account_id = "123456789012", partition = "aws", region = "eu-central-1" }
  cidr               = "10.0.0.0/16"
  availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  nat_per_zone       = true
  table_arns         = ["arn:aws:dynamodb:eu-central-1:123456789012:table/one"]
  bucket_arns        = ["arn:aws:s3:::one"]
}

run "three_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = [for zone in var.availability_zones : aws_subnet.private[zone].cidr_block] == ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20"] && [for zone in var.availability_zones : aws_subnet.public[zone].cidr_block] == ["10.0.240.0/24", "10.0.241.0/24", "10.0.242.0/24"]
    error_message = "Each zone has a private and a public subnet of its own."
  }

  assert {
    condition     = !anytrue([for subnet in concat(values(aws_subnet.private), values(aws_subnet.public)) : subnet.map_public_ip_on_launch])
    error_message = "No subnet gives out public addresses by itself."
  }

  assert {
    condition     = toset(keys(aws_nat_gateway.this)) == toset(var.availability_zones) && toset(keys(aws_route.nat)) == toset(var.availability_zones)
    error_message = "Each zone has its own way out."
  }

  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_vpc_endpoint.dynamodb.policy).Statement : statement.Resource])) == toset(["arn:aws:dynamodb:eu-central-1:123456789012:table/one", "arn:aws:dynamodb:eu-central-1:123456789012:table/one/index/*"])
    error_message = "Only the tables of the environment are reached through the endpoint of DynamoDB."
  }

  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_vpc_endpoint.s3.policy).Statement : statement.Resource])) == toset(["arn:aws:s3:::one", "arn:aws:s3:::one/*", "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"])
    error_message = "Only the buckets of the environment and the layers of images are reached through the endpoint of S3."
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The default security group allows nothing."
  }
}

run "one_way_out" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat_per_zone = false
    bucket_arns  = []
  }

  assert {
    condition     = toset(keys(aws_nat_gateway.this)) == toset(["eu-central-1a"]) && toset(keys(aws_route.nat)) == toset(var.availability_zones)
    error_message = "All zones share one way out."
  }

  assert {
    condition     = length(jsondecode(aws_vpc_endpoint.s3.policy).Statement) == 1
    error_message = "A statement without resources, which AWS refuses, is left out."
  }
}

run "a_range_that_is_too_small" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr               = "10.0.0.0/20"
    availability_zones = ["eu-central-1a"]
  }

  expect_failures = [var.cidr, var.availability_zones]
}
