import type { Plan } from './test-report.ts';

/** One statement of an IAM policy, with what may be written as one string or as a list always as a list. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A policy document of a plan, by the address of the resource that carries it. */
export interface PlannedPolicy {
  readonly address: string;
  readonly kind: 'identity' | 'trust' | 'resource';
  /** The whole document as written. */
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** Where policies are: the attribute of each type of resource that holds one, and whose rights it describes. */
const carriers = [
  { type: 'aws_iam_role', attribute: 'assume_role_policy', kind: 'trust' },
  { type: 'aws_iam_role_policy', attribute: 'policy', kind: 'identity' },
  { type: 'aws_s3_bucket_policy', attribute: 'policy', kind: 'resource' },
  { type: 'aws_vpc_endpoint', attribute: 'policy', kind: 'resource' },
] as const;

/** Every policy of a plan. Throws an error that names the resource when one is not known before the apply. */
export function plannedPolicies(plan: Plan): readonly PlannedPolicy[] {
  return carriers.flatMap(({ type, attribute, kind }) =>
    plan.resource_changes
      .filter((resource) => resource.type === type)
      .map(({ address, change }) => {
        const text = change.after?.[attribute];
        if (typeof text !== 'string') throw new Error(`${attribute} of ${address} is not known in the plan`);
        return { address, kind, text, statements: readStatements(text) };
      }),
  );
}

interface WrittenStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Statement['condition'];
}

/** The statements of a policy document as JSON. */
export function readStatements(text: string): readonly Statement[] {
  const document: { readonly Statement: readonly WrittenStatement[] } = JSON.parse(text);
  return document.Statement.map((statement) => ({
    effect: statement.Effect,
    actions: [statement.Action].flat(),
    resources: [statement.Resource ?? []].flat(),
    condition: statement.Condition ?? {},
  }));
}
