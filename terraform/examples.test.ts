import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plannedPolicies, type PlannedPolicy } from './testing/policy.ts';
import { copyTerraform, type TerraformCopy } from './testing/terraform-copy.ts';
import { passedRun, type Plan, type TestRun } from './testing/test-report.ts';

let terraform: TerraformCopy;
let runs: readonly TestRun[];

beforeAll(async () => {
  terraform = await copyTerraform();
  await terraform.init();
  runs = await terraform.test(['tests/examples.tftest.hcl'], { verbose: true });
});

afterAll(() => terraform?.remove());

function planOf(name: string): Plan {
  const { plan } = passedRun(runs, name);
  if (plan === undefined) throw new Error(`terraform test printed no plan of ${name}`);
  return plan;
}

/** What is planned for every resource of a type, by address. */
function planned(plan: Plan, type: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const found = plan.resource_changes.filter((resource) => resource.mode === 'managed' && resource.type === type);
  return Object.fromEntries(found.map(({ address, change }) => [address, change.after ?? {}]));
}

function values(plan: Plan, type: string, attribute: string): readonly unknown[] {
  return Object.values(planned(plan, type)).map((resource) => resource[attribute]);
}

/** The policies whose address contains `part`; there is one at least. */
function policiesOf(plan: Plan, part: string): readonly PlannedPolicy[] {
  const found = plannedPolicies(plan).filter(({ address }) => address.includes(part));
  if (found.length === 0) throw new Error(`no policy of ${part} is planned`);
  return found;
}

describe.each(['minimal', 'production'])('the policies of the example %s', (name) => {
  test('allow nothing on all resources, and no action of a whole service', () => {
    const allowed = plannedPolicies(planOf(name))
      .filter(({ kind }) => kind === 'identity')
      .flatMap(({ statements }) => statements)
      .filter(({ effect }) => effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(4);
    for (const { actions, resources } of allowed) {
      expect(resources).not.toEqual([]);
      expect(resources.filter((resource) => /^\*|:\*$|:\*:/.test(resource))).toEqual([]);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  test('let the operator describe and nothing else', () => {
    const identity = policiesOf(planOf(name), 'operator_iam').filter(({ kind }) => kind === 'identity');
    const actions = identity.flatMap(({ statements }) => statements.flatMap((statement) => statement.actions));
    expect(actions).toContain('dynamodb:DescribeTable');
    for (const action of actions) expect(action).toMatch(/^[a-z0-9]+:(Describe|Get|List|Head)/);
  });

  test('trust service accounts by exact name and audience', () => {
    const trusts = plannedPolicies(planOf(name))
      .filter(({ kind }) => kind === 'trust')
      .flatMap(({ statements }) => statements)
      .filter(({ actions }) => actions.includes('sts:AssumeRoleWithWebIdentity'));
    expect(trusts.length).toBeGreaterThan(1);
    for (const { condition } of trusts) {
      expect(Object.keys(condition)).toEqual(['StringEquals']);
      const { StringEquals: equals } = condition;
      expect(equals).toEqual({
        'oidc.example.org/id/A:aud': 'sts.amazonaws.com',
        'oidc.example.org/id/A:sub': expect.stringMatching(/^system:serviceaccount:[a-z-]+:[a-z-]+$/),
      });
    }
  });

  test('open the nodes to the load balancer only, and the cache to the nodes only', () => {
    const rules = planned(planOf(name), 'aws_vpc_security_group_ingress_rule');
    const byRange = Object.entries(rules).filter(([, rule]) => typeof rule['cidr_ipv4'] === 'string');
    expect(byRange.length).toBeGreaterThan(0);
    for (const [address] of byRange) expect(address).toContain('module.load_balancer');
  });
});

describe('in the example production', () => {
  // The keys are given in the run block, since AWS would choose them.
  const instances = [
    { name: 'invoices', key: 'key/00000000-0000-0000-0000-00000000000a' },
    { name: 'notes', key: 'key/00000000-0000-0000-0000-00000000000b' },
  ];

  test.each(instances)('the policies of $name name its own things and none of its neighbour', ({ name, key }) => {
    const text = policiesOf(planOf('production'), `module.instance["${name}"]`)
      .map((policy) => policy.text)
      .join('\n');
    const neighbours = instances.filter((instance) => instance.name !== name);
    for (const own of [name, key]) expect(text).toContain(own);
    for (const foreign of neighbours.flatMap((instance) => [instance.name, instance.key]))
      expect(text).not.toContain(foreign);
  });

  test('nothing that holds documents can be deleted by mistake', () => {
    const plan = planOf('production');
    expect(values(plan, 'aws_dynamodb_table', 'deletion_protection_enabled')).toEqual([true, true]);
    expect(values(plan, 'aws_s3_bucket', 'force_destroy')).toEqual([false]);
    expect(values(plan, 'aws_lb', 'enable_deletion_protection')).toEqual([true]);
    expect(values(plan, 'aws_kms_key', 'deletion_window_in_days').filter((days) => days === 30)).not.toEqual([]);
  });

  test('a zone may fail: each has a NAT gateway, and the cache has a replica', () => {
    const plan = planOf('production');
    expect(Object.keys(planned(plan, 'aws_nat_gateway'))).toHaveLength(3);
    expect(values(plan, 'aws_elasticache_replication_group', 'num_cache_clusters')).toEqual([2]);
  });

  test('the load balancer answers those who are named, and nobody else', () => {
    const ranges = values(planOf('production'), 'aws_vpc_security_group_ingress_rule', 'cidr_ipv4').filter(
      (range) => typeof range === 'string',
    );
    expect([...new Set(ranges)]).toEqual(['203.0.113.0/24']);
  });

  test('the Kubernetes API is not on the internet', () => {
    const config = values(planOf('production'), 'aws_eks_cluster', 'vpc_config');
    expect(config).toEqual([
      [expect.objectContaining({ endpoint_public_access: false, endpoint_private_access: true })],
    ]);
  });
});

describe('in the example minimal', () => {
  test('one destroy takes everything away', () => {
    const plan = planOf('minimal');
    expect(values(plan, 'aws_dynamodb_table', 'deletion_protection_enabled')).toEqual([false]);
    expect(values(plan, 'aws_s3_bucket', 'force_destroy')).toEqual([true]);
    expect(values(plan, 'aws_lb', 'enable_deletion_protection')).toEqual([false]);
  });

  test('there is one NAT gateway and one cache node', () => {
    const plan = planOf('minimal');
    expect(Object.keys(planned(plan, 'aws_nat_gateway'))).toHaveLength(1);
    expect(values(plan, 'aws_elasticache_replication_group', 'num_cache_clusters')).toEqual([1]);
  });
});
