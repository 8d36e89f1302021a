import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newUids, relatedOf } from '../fixtures/dicom-uploads.ts';
import { ANNOTATED_IMAGE, oneOfEachKind, reportOf } from '../fixtures/reports.ts';
import { PATIENT_1 } from '../support/people.ts';
import { useService } from '../support/service.ts';
import { run } from './support/program.ts';

const service = useService();
const folder = mkdtempSync(join(tmpdir(), 'dcmtk-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('dsrdump reads a report of annotations, and finds no fault in it', async () => {
  const { study, ...uids } = newUids();
  const image = {
    ...ANNOTATED_IMAGE,
    '00100020': { vr: 'LO', Value: [PATIENT_1] },
    '0020000D': { vr: 'UI', Value: [study] },
  };
  const doctor = await service.as('doctor');
  const report = Buffer.from(reportOf(oneOfEachKind(), { ...uids, image }));
  await doctor.json('POST', `/dicom-web/studies/${study}`, 200, relatedOf([report]));
  const stored = await doctor.send('GET', `/dicom/wado/${uids.sop}`);
  const file = join(folder, 'report.dcm');
  writeFileSync(file, Buffer.from(await stored.arrayBuffer()));
  const { code, stdout, stderr } = await run('dsrdump', [file]);
  expect(code, stderr).toBe(0);
  // It checks no values in UTF-8, and says so.
  expect(stderr.split('\n').filter((line) => line && !/VR checker .* ISO_IR 192/.test(line))).toEqual([]);
  const measured = [...stdout.matchAll(/NUM:\([^)]*"(\w+)"\)="([\d.]+)" \((\w+),UCUM,/g)];
  expect(measured.map(([, ...facts]) => facts)).toEqual([
    ['Length', '8.5440037', 'mm'],
    ['Angle', '90', 'deg'],
    ['Area', '39.269908', 'mm2'],
    ['Area', '12.5', 'mm2'],
    ['Area', '4.6875', 'mm2'],
  ]);
  const regions = [...stdout.matchAll(/SCOORD:[^=]*=\((\w+),/g)].map(([, type]) => type);
  expect(regions).toEqual([
    ...['POLYLINE', 'POLYLINE', 'ELLIPSE', 'POLYLINE', 'POLYLINE'],
    ...['POLYLINE', 'POLYLINE', 'POINT'],
  ]);
});
