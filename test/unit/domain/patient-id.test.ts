import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { callerFromClaims } from '../../../lib/domain/access/caller.ts';
import { matches } from '../../../lib/domain/dicom/attribute-match.ts';
import { CaseId, PatientId, RecordId } from '../../../lib/domain/identifiers.ts';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import { storedRecordId } from '../../../lib/domain/records/record-image.ts';

describe('A patient number', () => {
  test.each([
    ['p-1001', 'P-1001'],
    [' P-1001 ', 'P-1001'],
    ['007', '007'],
    ['a.b_c-d', 'A.B_C-D'],
    [`${'x'.repeat(64)}  `, 'X'.repeat(64)],
  ])('%j has the normal form %j', (written, normal) => {
    expect(PatientId.parse(written)).toBe(normal);
  });

  test.each([
    '',
    ' ',
    'P 1001',
    'P-1001\n',
    '\tP-1001',
    '\u00a0P-1001',
    '-1',
    'x'.repeat(65),
    'ſ-1',
    'ı',
    'P-1001/',
    'é',
  ])('%j is refused', (written) => {
    expect(PatientId.safeParse(written).success).toBe(false);
  });

  test('stays what it is once it is in its normal form, and matches the pattern of the API document', () => {
    const { pattern = '' } = z.toJSONSchema(PatientId, { io: 'output' });
    const written = fc.stringMatching(/^ {0,3}[A-Za-z0-9][A-Za-z0-9._-]{0,63} {0,3}$/);
    fc.assert(
      fc.property(written, (text) => {
        const normal = PatientId.parse(text);
        expect(PatientId.parse(normal)).toBe(normal);
        expect(normalizePatientId(text)).toBe(normal);
        expect(normal).toMatch(/^[A-Z0-9][A-Z0-9._-]{0,63}$/);
        for (const each of [text, normal]) expect(each).toMatch(new RegExp(pattern, 'u'));
      }),
    );
  });

  test('of a token is normalized', () => {
    const claims = { sub: 's', exp: 1, groups: ['patients'], 'custom:patient_id': 'p-1001' };
    expect(callerFromClaims(claims)).toMatchObject({ patientId: 'P-1001' });
  });

  test('as a record is normalized; numbers of other records and of cases stay as they are', () => {
    expect(storedRecordId('patient', 'p-1')).toBe('P-1');
    expect(storedRecordId('prescription', 'rx-1')).toBe('rx-1');
    expect([CaseId.parse('c-77'), RecordId.parse('rx-1')]).toEqual(['c-77', 'rx-1']);
  });

  test.each([
    ['p-1001', true],
    ['P-1001 ', true],
    ['p-10*', true],
    ['p-100?', true],
    ['p-1002', false],
    ['0p-1001', false],
  ])('in a search of QIDO-RS, %j: %s', (value, isFound) => {
    const attributes = { '00100020': { vr: 'LO', Value: ['P-1001'] } };
    expect(matches(attributes, { path: ['00100020'], value })).toBe(isFound);
    const asInFile = { '00100020': { vr: 'LO', Value: ['p-1001'] } };
    expect(matches(asInFile, { path: ['00100020'], value })).toBe(isFound);
  });
});
