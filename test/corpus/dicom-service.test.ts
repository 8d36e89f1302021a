import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instanceIdentifiers } from '../../lib/media/dicom/parse/identifiers.ts';
import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { dicomForm } from '../fixtures/dicom-uploads.ts';
import { peakMemoryMb, processesOf } from '../support/function-process.ts';
import { useOwnStack } from '../support/own-stack.ts';
import type { Client } from '../support/service.ts';
import { bytesOf, corpusFiles, hasCorpus } from './dicom-files.ts';
import { seeded, tamper } from './tamper.ts';

/** The largest file in a form (Lambda quotas, "Invocation payload"; the file is in base64 in it). */
const FORM_BYTES = 4_400_000;
const VARIANTS = 500;
/** Its UIDs are not readable in its bytes. */
const DEFLATED = '1.2.840.10008.1.2.1.99';

const service = useOwnStack();
const folder = mkdtempSync(join(tmpdir(), 'served-dicom-'));
let staff: Client;
beforeAll(async () => {
  staff = await service.as('staff');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const upload = (bytes: Uint8Array<ArrayBuffer>) => staff.send('POST', '/dicom/upload', dicomForm(bytes));
const served = async (sop: string) =>
  Buffer.from(await (await staff.send('GET', `/dicom/wado/${sop}`)).arrayBuffer());

if (!hasCorpus)
  test('../shared/data is absent: no corpus was tested', () => {
    expect(corpusFiles).toEqual([]);
  });

describe.runIf(hasCorpus)('The service, with real files', () => {
  const files = corpusFiles.filter((file) => bytesOf(file).length < FORM_BYTES);

  test('stores each, or refuses it with a reason, and returns it unchanged, readable for dcmtk', async () => {
    const outcomes: Record<number, number> = {};
    for (const file of files) {
      const bytes = bytesOf(file);
      const response = await upload(bytes);
      const answer = await response.text();
      outcomes[response.status] = (outcomes[response.status] ?? 0) + 1;
      expect([201, 400, 409], `${file.file}: ${answer}`).toContain(response.status);
      if (response.status !== 201) {
        expect(JSON.parse(answer).details[0] ?? JSON.parse(answer).message, file.file).toMatch(/\w/);
        continue;
      }
      const { sopInstanceUid } = instanceIdentifiers(readDicom(bytes).dataSet);
      const back = await served(sopInstanceUid);
      expect(back.equals(bytes), file.file).toBe(true);
      expect(dcmdump(back), file.file).toEqual(dcmdump(bytes));
    }
    console.log(`${files.length} files, by status: ${JSON.stringify(outcomes)}`);
    expect(outcomes[201]).toBeGreaterThan(files.length / 3);
  });

  test(`survives ${VARIANTS} damaged variants: no 5xx, no hang, and the next valid file is served`, async () => {
    const random = seeded(20_261_122);
    const seeds = files.filter(
      (file) =>
        file.pixelHash &&
        file.transferSyntax !== DEFLATED &&
        bytesOf(file).length < 200_000 &&
        isInstance(bytesOf(file)),
    );
    const outcomes: Record<string, number> = {};
    const count = (what: string) => {
      outcomes[what] = (outcomes[what] ?? 0) + 1;
    };
    for (let i = 0; i < VARIANTS; i++) {
      const file = seeds[Math.floor(random() * seeds.length)];
      if (!file) throw new Error('there are no files');
      const { sopUid, bytes } = ofItsOwn(bytesOf(file), i);
      const response = await upload(tamper(bytes, random));
      const answer = await response.text();
      count(`stored ${response.status}`);
      expect([201, 400, 409], `${file.file}, variant ${i}: ${answer}`).toContain(response.status);
      const drawn = await staff.send('GET', `/dicom/wado/${sopUid}?contentType=image/png`);
      count(`drawn ${drawn.status}`);
      await drawn.arrayBuffer();
      expect([200, 404, 406], `${file.file}, variant ${i}`).toContain(drawn.status);
      if (i % 25 !== 0) continue;
      const good = ofItsOwn(bytesOf(file), VARIANTS + i);
      expect((await upload(good.bytes)).status, file.file).toBe(201);
      expect((await served(good.sopUid)).equals(good.bytes), file.file).toBe(true);
    }
    console.log(`${VARIANTS} tampered files: ${JSON.stringify(outcomes)}`);
    for (const what of ['stored 201', 'stored 400', 'drawn 200', 'drawn 406'])
      expect(outcomes[what], what).toBeGreaterThan(20);
    for (const id of ['upload-dicom', 'get-dicom'])
      for (const pid of processesOf(id)) expect(peakMemoryMb(pid), id).toBeLessThan(512);
  });
});

/** The output of dcmtk for a file: everything except the pixels, or why it can not read it. */
function dcmdump(bytes: Uint8Array): string {
  const path = join(folder, 'file.dcm');
  writeFileSync(path, bytes);
  try {
    return execFileSync('dcmdump', [path], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (error instanceof Error && 'stderr' in error && error.stderr) return String(error.stderr);
    throw error;
  }
}

/** Whether it can be stored at all. */
function isInstance(bytes: Buffer): boolean {
  try {
    return instanceIdentifiers(readDicom(bytes).dataSet) !== undefined;
  } catch (error) {
    if (error instanceof RejectedImage) return false;
    throw error;
  }
}

/** The file with another SOP Instance UID, which has the same length as its own. */
function ofItsOwn(bytes: Buffer<ArrayBuffer>, index: number) {
  const { sopInstanceUid } = instanceIdentifiers(readDicom(bytes).dataSet);
  const sopUid = `${sopInstanceUid.slice(0, -5)}${10_000 + index}`;
  const text = bytes.toString('latin1').replaceAll(sopInstanceUid, sopUid);
  return { sopUid, bytes: Buffer.from(text, 'latin1') };
}
