import { expect, test } from 'vitest';
import { dockerBuild, dockerSave } from './docker.ts';

test('Docker builds from the Dockerfile with the base images that it names', () => {
  const build = {
    reference: 'localhost/tool:1',
    dockerfile: '/repo/Dockerfile.tool',
    contextFolder: '/repo',
    buildArgs: { VERSION: '1.2.3' },
  };
  expect(dockerBuild(build)).toEqual([
    'docker',
    'build',
    '--tag=localhost/tool:1',
    '--file=/repo/Dockerfile.tool',
    '--build-arg=VERSION=1.2.3',
    '/repo',
  ]);
});

test('an archive carries the reference of its image', () => {
  expect(dockerSave('localhost/tool:1', '/x.tar')).toEqual(['docker', 'save', '--output=/x.tar', 'localhost/tool:1']);
});
