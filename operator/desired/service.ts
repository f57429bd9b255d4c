import type { DocumentService } from '../document-service.ts';
import { childHead, type DesiredChild } from './child.ts';
import { selectorLabels } from './names.ts';

/** The door: a port on every node. Without a number Kubernetes chooses one, which then stays. */
export function desiredService(resource: DocumentService): DesiredChild {
  const { nodePort, externalTrafficPolicy } = resource.spec.service;
  return {
    ...childHead(resource, 'Service'),
    spec: {
      type: 'NodePort',
      selector: selectorLabels(resource),
      externalTrafficPolicy,
      ports: [
        {
          name: 'http',
          port: 80,
          targetPort: 'http',
          protocol: 'TCP',
          ...(nodePort === undefined ? {} : { nodePort }),
        },
      ],
    },
  };
}
