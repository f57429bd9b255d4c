import { variables, type Environment, type VariableName } from './variables.ts';

/** Reads variables one by one and remembers what is wrong with them. */
export interface VariableReader {
  readonly problems: readonly string[];
  complain(name: VariableName, complaint: string): void;
  /** Undefined where it is not set, or not valid (which is remembered). */
  optional(name: VariableName, isValid: (value: string) => boolean, expected: string): string | undefined;
  /** Empty where it is not set or not valid. */
  required(name: VariableName, isValid: (value: string) => boolean, expected: string): string;
  text(name: VariableName, fallback: string, isValid: (value: string) => boolean, expected: string): string;
  integer(name: VariableName, fallback: number, min: number, max: number): number;
  /** Without a fallback the variable is required. Undefined only where that is broken. */
  choice<T extends string>(name: VariableName, choices: readonly T[], fallback?: T): T | undefined;
}

/** Creates a reader of the given environment. */
export function createVariableReader(env: Environment): VariableReader {
  const problems: string[] = [];

  function complain(name: VariableName, complaint: string): void {
    problems.push(`${name} ${complaint}`);
  }

  function value(name: VariableName): string | undefined {
    const text = env[name]?.trim();
    return text === '' ? undefined : text;
  }

  function optional(name: VariableName, isValid: (value: string) => boolean, expected: string): string | undefined {
    const text = value(name);
    if (text === undefined || isValid(text)) return text;
    complain(name, `is ${shown(name, text)}. Set it to ${expected}.`);
    return undefined;
  }

  return {
    problems,
    complain,
    optional,

    required(name, isValid, expected) {
      if (value(name) === undefined) complain(name, `is not set. Set it to ${expected}.`);
      return optional(name, isValid, expected) ?? '';
    },

    text(name, fallback, isValid, expected) {
      return optional(name, isValid, expected) ?? fallback;
    },

    integer(name, fallback, min, max) {
      const isValid = (text: string) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
      return Number(optional(name, isValid, `a whole number from ${min} to ${max}`) ?? fallback);
    },

    choice(name, choices, fallback) {
      const text = value(name);
      const found = choices.find((choice) => choice === text);
      if (found !== undefined) return found;
      const remedy = `Set it to ${choices.map((choice) => `"${choice}"`).join(' or ')}.`;
      if (text !== undefined) complain(name, `is ${shown(name, text)}. ${remedy}`);
      else if (fallback === undefined) complain(name, `is not set. ${remedy}`);
      return fallback;
    },
  };
}

const secrets: ReadonlySet<string> = new Set(
  variables.filter((variable) => 'secret' in variable).map((variable) => variable.name),
);

function shown(name: VariableName, text: string): string {
  return secrets.has(name) ? 'not usable' : JSON.stringify(text);
}
