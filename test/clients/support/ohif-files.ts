import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localClientId } from '../../../lib/local/template.ts';
import { PROGRAMS, programFile } from './program.ts';
import type { Served } from './serve-files.ts';

const INDEX = '.ohif-3.13.2/index.html';
const DOCUMENT = join(import.meta.dirname, '..', '..', '..', 'docs', 'ohif.md');

/** Whether the viewer is there: `npm run clients` brings it. */
export const isOhifInstalled = (): boolean => existsSync(join(PROGRAMS, INDEX));

/** The built viewer, which shows the studies of the service at this address. */
export const servedOhif = (serviceUrl: string): Served => ({
  folder: join(programFile(INDEX), '..'),
  onePage: true,
  files: { '/app-config.js': ohifConfig(serviceUrl) },
});

/** The built viewer, which shows the studies of another DICOMweb server, below its own address and without a sign-in. */
export const servedOhifOf = (dicomWebUrl: string): Served => ({
  folder: join(programFile(INDEX), '..'),
  onePage: true,
  files: {
    '/app-config.js': `${ohifConfig('')}\ndelete window.config.oidc;\nwindow.config.extensions = [];`,
  },
  forward: { path: '/dicom-web', to: dicomWebUrl },
});

/** The configuration of `docs/ohif.md` with the addresses of this run. */
function ohifConfig(serviceUrl: string): string {
  const [, script] = /```js\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  if (!script) throw new Error('docs/ohif.md has no configuration');
  const own = script
    .replaceAll('https://images.clinic.example', serviceUrl)
    .replace("'https://id.clinic.example'", JSON.stringify(`${serviceUrl}/local`))
    .replace("client_id: 'images'", `client_id: ${JSON.stringify(localClientId)}`);
  // The dialog and the tour of newcomers would cover each other.
  return `${own}\nwindow.config.investigationalUseDialog = { option: 'never' };`;
}
