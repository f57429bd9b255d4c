import { loadAllYaml, loadYaml } from '@kubernetes/client-node';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTableInput, DOCUMENTS_TABLE } from '../local/aws/table.ts';
import { tableDefinition, timeToLive } from '../service/adapters/dynamo-table.ts';
import { actionsOfCalls } from './testing/aws-actions.ts';
import { readStatements } from './testing/policy.ts';
import { schemaErrors, type Schema } from './testing/resource-schema.ts';
import { inAnyOrder, resourcesOf, tableInWordsOfAws } from './testing/state.ts';
import { copyTerraform, type TerraformCopy } from './testing/terraform-copy.ts';
import { passedRun, type State } from './testing/test-report.ts';

const repository = join(import.meta.dirname, '..');

let terraform: TerraformCopy;
let state: State;

beforeAll(async () => {
  terraform = await copyTerraform();
  await terraform.init();
  const run = passedRun(await terraform.test(['tests/manifests.tftest.hcl'], { verbose: true }), 'every_field');
  if (run.state === undefined) throw new Error('terraform test printed no state');
  state = run.state;
});

afterAll(() => terraform?.remove());

/** The outputs that are looked at here. */
interface Outputs {
  readonly manifests: Readonly<Record<string, string>>;
  readonly all_manifests: string;
  readonly operator: { readonly namespace: string; readonly service_account_name: string };
}

function outputs(): Outputs {
  const values = Object.entries(state.outputs).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(values) as Outputs;
}

function manifest(name: string): Manifest {
  return loadYaml(outputs().manifests[name] ?? '');
}

function textOf(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

describe('the manifests, against the schema of the resource', () => {
  interface ResourceDefinition {
    readonly spec: {
      readonly group: string;
      readonly names: { readonly kind: string };
      readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
    };
  }

  const definition: ResourceDefinition = loadYaml(textOf('crds/documentservices.yaml'));
  const [version] = definition.spec.versions;

  test.each(['documents', 'plain'])('%s has no field that the resource lacks, and none of another type', (name) => {
    const { apiVersion, kind, spec: written } = manifest(name);
    expect(`${apiVersion} ${kind}`).toBe(`${definition.spec.group}/${version?.name} ${definition.spec.names.kind}`);
    const { spec = {} } = version?.schema.openAPIV3Schema.properties ?? {};
    expect(schemaErrors(spec, written, '.spec')).toEqual([]);
  });

  test('an instance with every attribute gives every field that it stands for', () => {
    expect(manifest('documents')).toEqual({
      apiVersion: 'docservice.dev/v1',
      kind: 'DocumentService',
      metadata: { name: 'documents', namespace: 'shop' },
      spec: {
        image: 'example.org/document-service:0.2.0',
        replicas: 4,
        service: { nodePort: 30080 },
        aws: {
          region: 'eu-central-1',
          roleArn: 'arn:aws:iam::123456789012:role/document-service/documents-test/documents-test-documents',
        },
        metadata: { tableName: 'documents-test-documents' },
        content: { bucketName: expect.stringMatching(/^documents-test-documents-[0-9a-f]{10}$/), prefix: 'documents/' },
        cache: {
          host: 'master.documents-test.abc123.euc1.cache.amazonaws.com',
          port: 6379,
          tls: true,
          keyPrefix: 'documents:',
          ttlSeconds: 60,
        },
        api: { auth: { mode: 'none' }, maxDocumentBytes: 1_048_576, inlineMaxBytes: 4096, requestTimeoutSeconds: 20 },
        logLevel: 'debug',
        drainSeconds: 25,
      },
    });
  });

  test('an instance with few leaves the others to the defaults of the resource', () => {
    const { spec } = manifest('plain');
    expect(Object.keys(spec).toSorted()).toEqual(['api', 'aws', 'image', 'metadata', 'service']);
    expect(spec['api']).toEqual({ auth: { mode: 'none' } });
  });

  test('all of them come as one stream too', () => {
    const names = loadAllYaml(outputs().all_manifests).map(({ metadata }: Manifest) => metadata.name);
    expect(names).toEqual(['documents', 'plain']);
  });
});

describe('the table that Terraform makes', () => {
  test('has the keys, the index and the expiry that the service declares', () => {
    const { table, expiry } = tableInWordsOfAws(state, 'documents');
    const { TableName, ...rest } = table;
    expect(TableName).toBe('documents-test-documents');
    expect(inAnyOrder(rest)).toEqual(inAnyOrder(tableDefinition));
    expect(expiry).toEqual(timeToLive);
  });

  test('is the one that the local system makes', () => {
    const { table, expiry } = tableInWordsOfAws(state, 'documents');
    expect(inAnyOrder(table)).toEqual(inAnyOrder(createTableInput('documents-test-documents', DOCUMENTS_TABLE)));
    expect(expiry).toEqual({ AttributeName: DOCUMENTS_TABLE.timeToLiveAttribute, Enabled: true });
  });
});

describe('the roles that Terraform makes', () => {
  test('allow exactly the calls of AWS that the source of the service has', () => {
    const sources = readdirSync(join(repository, 'service'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('test/'))
      .map((path) => textOf(join('service', path)));
    const [policy] = resourcesOf(state, 'aws_iam_role_policy', 'module.instance["documents"]');
    const allowed = readStatements(String(policy?.['policy'])).flatMap(({ actions }) => actions);
    const ofStores = allowed.filter((action) => /^(dynamodb|s3):/.test(action));
    expect(ofStores.toSorted()).toEqual(actionsOfCalls(sources));
  });

  test('trust the ServiceAccounts that the operator and config/ make', () => {
    const [trust] = resourcesOf(state, 'aws_iam_role', 'module.instance["documents"]');
    expect(trust?.['assume_role_policy']).toContain('"system:serviceaccount:shop:documents"');
    interface Manifested {
      readonly kind: string;
      readonly metadata: { readonly name: string; readonly namespace: string };
    }
    const accounts = loadAllYaml(textOf('config/rbac.yaml')).filter(
      ({ kind }: Manifested) => kind === 'ServiceAccount',
    );
    const { namespace, service_account_name: name } = outputs().operator;
    expect(accounts.map(({ metadata }: Manifested) => metadata)).toEqual([
      expect.objectContaining({ namespace, name }),
    ]);
    const [operator] = resourcesOf(state, 'aws_iam_role', 'module.operator_iam');
    expect(operator?.['assume_role_policy']).toContain(`"system:serviceaccount:${namespace}:${name}"`);
  });
});
