import { describe, expect, it } from 'vitest';
import { readCommand } from './command-line.ts';

describe('the command line of the local system', () => {
  it('starts the system named local in the foreground on whatever the machine offers', () => {
    expect(readCommand(['start'])).toEqual({ verb: 'start', detach: false, provider: undefined, name: 'local' });
  });

  it('takes the provider, the name and detaching from flags', () => {
    expect(readCommand(['start', '--detach', '--cluster', 'bare', '--name', 'two'])).toEqual({
      verb: 'start',
      detach: true,
      provider: 'bare',
      name: 'two',
    });
  });

  it.each([
    { args: [], message: /usage: npm start/, reason: 'a verb is needed' },
    { args: ['strat'], message: /no such command: strat/, reason: 'the verb is misspelt' },
    { args: ['start', '--cluster', 'minikube'], message: /write bare .* or kind/, reason: 'there are two providers' },
    { args: ['start', '--name', 'far-too-long'], message: /one to six/, reason: 'interface names are short' },
    { args: ['start', '--deatch'], message: /deatch/, reason: 'an unknown flag is never ignored' },
  ])('refuses $args: $reason', ({ args, message }) => {
    expect(() => readCommand(args)).toThrow(message);
  });
});
