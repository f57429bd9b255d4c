import type { DocumentService } from '../document-service.ts';
import type { DesiredChild } from './child.ts';
import { desiredConfigMap } from './config-map.ts';
import { desiredDeployment } from './deployment.ts';
import { desiredServiceAccount } from './service-account.ts';
import { desiredService } from './service.ts';

/** Everything that should exist for a resource, in the order in which it is made: what pods need comes before the pods. */
export function desiredChildren(resource: DocumentService): readonly DesiredChild[] {
  const configMap = desiredConfigMap(resource);
  return [
    desiredServiceAccount(resource),
    configMap,
    desiredDeployment(resource, configMap.metadata.name),
    desiredService(resource),
  ];
}
