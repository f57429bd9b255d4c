output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, one per availability zone: for the load balancer only."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, one per availability zone: for nodes and cache."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}
