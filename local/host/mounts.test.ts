import { expect, test } from 'vitest';
import { parseMounts } from './mounts.ts';

const mountinfo = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:40 / /media/a\\040b rw - vfat /dev/sdb1 rw,uid=0
41 22 0:41 / /srv/data rw - tmpfs tmpfs rw,size=1g
`;

test('mount points are read as they are, spaces and all, with or without optional fields', () => {
  expect(parseMounts(mountinfo)).toEqual([
    { mountPoint: '/', type: 'ext4', options: ['rw'] },
    { mountPoint: '/media/a b', type: 'vfat', options: ['rw', 'uid=0'] },
    { mountPoint: '/srv/data', type: 'tmpfs', options: ['rw', 'size=1g'] },
  ]);
});

test('a line that is not whole is left out', () => {
  expect(parseMounts('22 1 254:0 / / rw\n\nx - y\n')).toEqual([]);
});
