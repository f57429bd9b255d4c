import { readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';

/** A Kubernetes object as far as it is looked at here. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly object[] } } };
}

/**
 * The install file that admins apply, CRD and RBAC and operator, with only the operator's image replaced by the one
 * built here. Throws when the file no longer holds exactly one Deployment with one container.
 */
export async function operatorManifests(installFile: string, image: string): Promise<readonly object[]> {
  const manifests = loadAll(await readFile(installFile, 'utf8')) as readonly Manifest[];
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const containers = deployments[0]?.spec?.template?.spec?.containers;
  if (deployments.length !== 1 || containers?.length !== 1) {
    throw new Error(`${installFile} has to hold exactly one Deployment with one container`);
  }
  return manifests.map((manifest) => (manifest.kind === 'Deployment' ? withImage(manifest, image) : manifest));
}

function withImage(deployment: Manifest, image: string): object {
  const template = deployment.spec?.template;
  const containers = (template?.spec?.containers ?? []).map((container) => ({
    ...container,
    image,
    imagePullPolicy: 'IfNotPresent',
  }));
  return {
    ...deployment,
    spec: { ...deployment.spec, template: { ...template, spec: { ...template?.spec, containers } } },
  };
}
