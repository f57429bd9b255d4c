import dotI from '@dot-i/k8s-operator';
import { expect, test } from 'vitest';
import { DocumentServiceOperator } from './operator.ts';

const base = (dotI.default ?? dotI).prototype as unknown as Readonly<Record<string, unknown>>;
const ours = DocumentServiceOperator.prototype as unknown as Readonly<Record<string, unknown>>;
const methods = (prototype: object): readonly string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
const source = (prototype: Readonly<Record<string, unknown>>, name: string): string => String(prototype[name]);

/** What a method of @dot-i/k8s-operator does when it leaves the process, or ends it. */
const REACHES_OUT = /\b(kubeConfig|k8sApi|gaxios_1|client_node_1|k8s\.|FS\.|https\.|watch\b|eventQueue|process\.exit)/;

const inherited = methods(base).filter((name) => !methods(ours).includes(name));

test('every method of the base class that talks to the API server, or ends the process, is overridden', () => {
  // TypeScript-private: it cannot be overridden, only be left without callers (next test).
  const unreachable = ['resourceStatusRequest'];
  const left = inherited.filter(
    (name) => REACHES_OUT.test(source(base, name)) || /\bthis\.(?!logger)/.test(source(base, name)),
  );
  expect(left).toEqual(unreachable);
  expect(methods(base)).toContain('watchResource');
});

test('nothing calls the one that cannot be overridden, and no override goes back to the base class', () => {
  const callers = methods(base).filter((name) => source(base, name).includes('this.resourceStatusRequest('));
  expect(callers.filter((name) => inherited.includes(name))).toEqual([]);
  const overridden = methods(base).filter((name) => !inherited.includes(name));
  expect(overridden.filter((name) => source(ours, name).includes('super.'))).toEqual([]);
});

test.each([
  'registerCustomResourceDefinition',
  'setResourceStatus',
  'patchResourceStatus',
  'handleResourceFinalizer',
  'setResourceFinalizers',
])('%s, which this operator has no use and no right for, says so', async (name) => {
  const method = ours[name] as () => Promise<unknown>;
  await expect(method()).rejects.toThrow(/^This operator /);
});
