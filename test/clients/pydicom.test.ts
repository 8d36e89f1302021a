import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { PATIENT_1 } from '../support/people.ts';
import { useService } from '../support/service.ts';
import { run } from './support/program.ts';

const service = useService();
const folder = mkdtempSync(join(tmpdir(), 'pydicom-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints what pydicom reads of a file, and of its metadata in JSON. */
const SCRIPT = `
import json, sys, pydicom
from pydicom.dataset import Dataset
file = pydicom.dcmread(sys.argv[1])
metadata = Dataset.from_json(json.load(open(sys.argv[2]))[0], bulk_data_uri_handler=lambda uri: uri)
print(json.dumps([file.PatientID, file.SOPInstanceUID, len(file.PixelData), metadata.PatientID, metadata.SOPInstanceUID]))
`;

test('pydicom reads a retrieved file, and its metadata', async () => {
  const uids = newUids();
  const staff = await service.as('staff');
  await staff.json('POST', '/dicom-web/studies', 200, relatedOf([slice(uids)]));
  const path = `/dicom-web/studies/${uids.study}/series/${uids.series}/instances/${uids.sop}`;
  const write = async (name: string, response: Response) => {
    expect(response.status).toBe(200);
    writeFileSync(join(folder, name), Buffer.from(await response.arrayBuffer()));
    return join(folder, name);
  };
  const file = await write('slice.dcm', await staff.send('GET', `/dicom/wado/${uids.sop}`));
  const metadata = await write('metadata.json', await staff.send('GET', `${path}/metadata`));
  const { stdout, stderr } = await run('/usr/bin/python3', ['-c', SCRIPT, file, metadata]);
  expect(stdout, stderr).not.toBe('');
  expect(JSON.parse(stdout)).toEqual([PATIENT_1, uids.sop, 64, PATIENT_1, uids.sop]);
});
