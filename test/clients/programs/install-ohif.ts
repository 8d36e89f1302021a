import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** OHIF as its package has it: built, 50 MB, and 204 MB unpacked. Its dependencies are for those who build it. */
const OHIF = {
  name: '@ohif/app@3.13.2',
  file: 'ohif-app-3.13.2.tgz',
  sha512: 'WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
};
const folder = join(import.meta.dirname, 'node_modules', '.ohif-3.13.2');

if (!existsSync(folder)) {
  const download = `${folder}.new`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  execFileSync('npm', ['pack', OHIF.name, '--silent', '--pack-destination', download], {
    stdio: ['ignore', 2, 2],
  });
  const archive = join(download, OHIF.file);
  const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (sha512 !== OHIF.sha512)
    throw new Error(`${OHIF.file} is another file than expected: its SHA-512 is ${sha512}`);
  // Without the source maps, which are most of it.
  execFileSync('tar', [
    'xzf',
    archive,
    '-C',
    download,
    '--strip-components=2',
    '--exclude=*.map',
    'package/dist',
  ]);
  rmSync(archive);
  execFileSync('mv', [download, folder]);
}
