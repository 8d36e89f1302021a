import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programFile } from './program.ts';

/** The folder of the built viewer. */
export const ohifFolder = () => join(programFile('.ohif-3.13.2/index.html'), '..');

const DOCUMENT = join(import.meta.dirname, '..', '..', '..', 'docs', 'ohif.md');

/** The configuration of `docs/ohif.md` with the addresses of this run. */
export function ohifConfig(serviceUrl: string, issuer: string, clientId: string): string {
  const [, script] = /```js\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  if (!script) throw new Error('docs/ohif.md has no configuration');
  return script
    .replaceAll('https://images.clinic.example', serviceUrl)
    .replace("'https://id.clinic.example'", JSON.stringify(issuer))
    .replace("client_id: 'images'", `client_id: ${JSON.stringify(clientId)}`);
}
