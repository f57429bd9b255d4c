# The resource of each instance. Field names are those of crds/documentservices.yaml; what is null is left out, so that
# the defaults of the resource hold.
locals {
  document_services = {
    for name, instance in var.instances : name => {
      apiVersion = "docservice.dev/v1"
      kind       = "DocumentService"
      metadata   = { name = name, namespace = instance.namespace }
      spec = {
        for field, value in {
          image    = coalesce(instance.image, var.service_image)
          replicas = instance.replicas
          service  = { nodePort = instance.node_port }
          aws      = { region = local.aws.region, roleArn = module.instance[name].role_arn }
          metadata = { tableName = module.instance[name].table_name }
          content  = module.instance[name].content
          cache = instance.cache ? {
            for field, value in {
              host       = module.cache[0].host
              port       = module.cache[0].port
              tls        = true
              keyPrefix  = "${name}:"
              ttlSeconds = instance.cache_ttl_seconds
            } : field => value if value != null
          } : null
          api = {
            for field, value in {
              auth                  = { mode = instance.auth_mode }
              maxDocumentBytes      = instance.max_document_bytes
              inlineMaxBytes        = instance.inline_max_bytes
              requestTimeoutSeconds = instance.request_timeout_seconds
            } : field => value if value != null
          }
          logLevel     = instance.log_level
          drainSeconds = instance.drain_seconds
        } : field => value if value != null
      }
    }
  }

  manifests = { for name, resource in local.document_services : name => yamlencode(resource) }
}
