import { expect, test } from 'vitest';
import { buildCommand, pushCommand, removeContainersCommand, removeImageCommand } from './buildah.ts';

const storage = { folder: '/cache/base' };
const own = ['--root=/cache/base/root', '--runroot=/cache/base/run', '--storage-driver=vfs'];

test('a build uses a storage of its own, pulls nothing, and sees mounted folders read-only', () => {
  const build = {
    reference: 'localhost/tool:1',
    dockerfile: '/repo/Dockerfile.tool',
    contextFolder: '/repo',
    buildArgs: { RUNTIME_IMAGE: 'localhost/base:1' },
    mounts: { '/src/node_modules': '/repo/node_modules' },
  };
  expect(buildCommand(storage, build)).toEqual([
    'buildah',
    ...own,
    'bud',
    '--isolation=chroot',
    '--pull-never',
    '--signature-policy=/cache/base/policy.json',
    '--build-arg=RUNTIME_IMAGE=localhost/base:1',
    '--volume=/repo/node_modules:/src/node_modules:ro',
    '--tag=localhost/tool:1',
    '--file=/repo/Dockerfile.tool',
    '/repo',
  ]);
});

test('an archive carries the reference of its image', () => {
  expect(pushCommand(storage, 'localhost/tool:1', '/x.tar').slice(-2)).toEqual([
    'localhost/tool:1',
    'docker-archive:/x.tar:localhost/tool:1',
  ]);
});

test('what is removed is in that storage, too', () => {
  expect(removeContainersCommand(storage)).toEqual(['buildah', ...own, 'rm', '--all']);
  expect(removeImageCommand(storage, 'localhost/tool:1')).toEqual([
    'buildah',
    ...own,
    'rmi',
    '--force',
    'localhost/tool:1',
  ]);
});
