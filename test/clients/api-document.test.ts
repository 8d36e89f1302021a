import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useService } from '../support/service.ts';
import { programFile, run } from './support/program.ts';

/** Rules of Redocly that do not fit, each with the reason. */
const REDOCLY_OFF = {
  // `/api/images/batches/{id}` beside `/api/images/{id}/restore`: API Gateway prefers the literal segment.
  'no-ambiguous-paths': 'off',
  // `Message` is the schema of what the WebSocket sends, for which OpenAPI has no place but a description.
  'no-unused-components': 'off',
  // `/health` takes nothing that could be wrong.
  'operation-4xx-response': 'off',
  // A link redirects, and does nothing else.
  'operation-2xx-response': 'off',
};

/** Rules of Spectral that do not fit: the one above, and a contact, which is the clinic's own. */
const SPECTRAL_OFF = { 'oas3-unused-component': 'off', 'info-contact': 'off' };

describe('The API document has no fault that is found by', () => {
  const service = useService();
  const folder = mkdtempSync(join(tmpdir(), 'api-document-'));
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    const document = await service.with({}).json('GET', '/openapi.json', 200);
    writeFileSync(file('openapi.json'), JSON.stringify(document));
    // JSON is YAML as well, and Redocly takes no other name.
    writeFileSync(file('redocly.yaml'), JSON.stringify({ extends: ['recommended'], rules: REDOCLY_OFF }));
    writeFileSync(file('spectral.json'), JSON.stringify({ extends: ['spectral:oas'], rules: SPECTRAL_OFF }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('Redocly', async () => {
    const cli = programFile('@redocly/cli/bin/cli.js');
    const args = ['lint', 'openapi.json', '--config', 'redocly.yaml', '--format', 'json'];
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { cwd: folder });
    expect(stdout, stderr).not.toBe('');
    expect(JSON.parse(stdout).problems).toEqual([]);
  });

  test('Spectral', async () => {
    const cli = programFile('@stoplight/spectral-cli/dist/index.js');
    const args = ['lint', 'openapi.json', '--ruleset', 'spectral.json', '--format', 'json', '--quiet'];
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { cwd: folder });
    expect(JSON.parse(stdout), stderr).toEqual([]);
  });
});
