/** What came out of one `run` block of a `terraform test`. */
export interface TestRun {
  /** Path of the file with the block, as Terraform prints it: `tests/x.tftest.hcl`. */
  readonly file: string;
  readonly name: string;
  readonly status: 'pass' | 'fail' | 'error' | 'skip' | 'pending';
  /** Summary and detail of every error, as Terraform words them. */
  readonly errors: readonly string[];
  /** What a block with `command = plan` plans; there only with `-verbose`. */
  readonly plan?: Plan;
  /** What a block with `command = apply` has made; there only with `-verbose`. */
  readonly state?: State;
}

/** The part that tests look at of a plan (Terraform, JSON output format: plan representation). */
export interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly mode: 'managed' | 'data';
    readonly type: string;
    readonly change: { readonly after: Readonly<Record<string, unknown>> | null };
  }[];
}

/** The part that tests look at of a state (Terraform, JSON output format: values representation). */
export interface State {
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly root_module: StateModule;
}

export interface StateModule {
  readonly resources?: readonly {
    readonly address: string;
    readonly type: string;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
  readonly child_modules?: readonly StateModule[];
}

/** One line of `terraform test -json` (Terraform, machine-readable UI). */
interface Message {
  readonly type: string;
  readonly '@testfile'?: string;
  readonly '@testrun'?: string;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
  readonly test_run?: { readonly progress: string; readonly status?: TestRun['status'] };
  readonly test_plan?: Plan;
  readonly test_state?: State;
}

/**
 * Reads what `terraform test -json` printed. Throws an error with Terraform's own words when something went wrong outside
 * of any run block, since then nothing was tested.
 */
export function readTestReport(lines: Iterable<string>): readonly TestRun[] {
  const runs = new Map<string, TestRun>();
  const outside: string[] = [];
  for (const line of lines) {
    const message: Message = JSON.parse(line);
    const { '@testfile': file, '@testrun': name, diagnostic } = message;
    const error = diagnostic?.severity === 'error' ? `${diagnostic.summary}: ${diagnostic.detail}` : undefined;
    if (file === undefined || name === undefined) {
      if (error !== undefined) outside.push(error);
      continue;
    }
    const run = runs.get(`${file} ${name}`) ?? { file, name, status: 'pending', errors: [] };
    runs.set(`${file} ${name}`, {
      ...run,
      ...seenIn(message),
      errors: [...run.errors, ...(error === undefined ? [] : [error])],
    });
  }
  if (outside.length > 0) throw new Error(`terraform test: ${outside.join('\n')}`);
  return [...runs.values()];
}

function seenIn(message: Message): Partial<TestRun> {
  return {
    ...(message.test_run?.status === undefined ? {} : { status: message.test_run.status }),
    ...(message.test_plan === undefined ? {} : { plan: message.test_plan }),
    ...(message.test_state === undefined ? {} : { state: message.test_state }),
  };
}

/** The run block of that name. Throws an error that lists the errors of Terraform unless it passed. */
export function passedRun(runs: readonly TestRun[], name: string): TestRun {
  const run = runs.find((candidate) => candidate.name === name);
  if (run === undefined) throw new Error(`no run block "${name}" among ${runs.map((other) => other.name).join(', ')}`);
  if (run.status !== 'pass') throw new Error(`run "${name}" of ${run.file}: ${run.status}\n${run.errors.join('\n')}`);
  return run;
}
