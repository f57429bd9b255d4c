import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../local/host/free-ports.ts';
import { createDocuments } from '../test/documents.ts';
import { eventually } from '../test/eventually.ts';
import { runCommand } from './command.ts';

it('npm run service stores a document within 10 s, and its first words are that nothing is kept', async () => {
  const [port = 0] = await freePorts(1);
  const service = runCommand(['npm', 'run', 'service'], { HOST: '127.0.0.1', PORT: String(port) });
  onTestFinished(async () => {
    if (service.child.exitCode === null) service.signal('SIGKILL');
    await service.ended;
  });
  const documents = createDocuments(`http://127.0.0.1:${port}`);
  onTestFinished(() => documents.close());
  const stored = await eventually(() => documents.put('hello', 'world'), 10_000, 50);
  expect(stored.status).toBe(201);
  expect((await documents.get('hello')).body.toString()).toBe('world');

  const [first = '{}'] = service
    .printed()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(JSON.parse(first)).toMatchObject({ msg: expect.stringContaining('nothing is kept') as string });
  service.signal('SIGTERM');
  await service.ended;
  await expect(documents.get('hello')).rejects.toThrow('ECONNREFUSED');
});
