import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DicomAttributes, newDicom, searchTermsOf } from '../../../lib/domain/dicom/dicom-instance.ts';
import { patientKey, patientOf } from '../../../lib/domain/dicom/named-patient.ts';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import { describeDicom } from '../../../lib/media/dicom/parse/describe-dicom.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { dicomFile, type FixtureElement, instance, syntaxes } from '../../fixtures/dicoms.ts';
import { namedPatients } from '../../fixtures/named-patients.ts';

const staff = { role: 'staff', subject: 's' } as const;
const now = new Date('2026-01-01T12:00:00Z');

/** All stored values of the file, or undefined if it is refused. */
function kept(elements: FixtureElement[], syntax: (typeof syntaxes)['explicit' | 'bigEndian']) {
  const bytes = dicomFile([...instance, ...elements], syntax);
  try {
    const described = describeDicom(bytes, (path) => path);
    return { described, ...newDicom(described, { bytes: 1, sha256: '' }, staff, [], now) };
  } catch (error) {
    expect(error).toBeInstanceOf(RejectedImage);
    return undefined;
  }
}

/** The Patient ID in DICOM JSON; an empty one is null there (PS3.18 F.2.5). */
const valuesOf = (json: DicomAttributes) => (json['00100020']?.Value ?? []).filter((value) => value !== null);

test('For every form of Patient ID and its issuer, all readings of a file agree, or it is refused', () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      namedPatients(fc),
      fc.constantFrom(syntaxes.explicit, syntaxes.bigEndian),
      (elements, syntax) => {
        const file = kept(elements, syntax);
        if (!file) return;
        accepted++;
        const { described, instance: stored, study } = file;
        const { id, issuer } = described.identifiers.patient;
        expect(stored.namedPatient).toEqual({ id, issuer });
        expect(study.namedPatient).toEqual({ id, issuer });
        if (id !== null) expect(id).toMatch(/^[^\\]{1,64}$/su);
        const values = id === null ? [] : [id];
        expect(valuesOf(study.attributes)).toEqual(values);
        expect(valuesOf(described.json)).toEqual(values);
        expect(described.mainTags.PatientID).toBe(id ?? undefined);
        expect(searchTermsOf(study).namedId).toBe(normalizePatientId(id ?? ''));
        expect(study.patientId).toBe(
          issuer === null && id !== null && /^ *[A-Za-z0-9][\w.-]* *$/.test(id)
            ? normalizePatientId(id)
            : null,
        );
      },
    ),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(200);
});

describe('A named patient', () => {
  test('is a patient of the clinic if the file names no issuer, or one of the clinic’s own', () => {
    expect(patientOf({ id: 'P-1001', issuer: null }, [])).toBe('P-1001');
    expect(patientOf({ id: 'p-1001 ', issuer: null }, [])).toBe('P-1001');
    expect(patientOf({ id: 'P-1001', issuer: 'ELSEWHERE' }, [])).toBeNull();
    expect(patientOf({ id: 'P-1001', issuer: 'ELSEWHERE' }, ['HERE', 'ELSEWHERE'])).toBe('P-1001');
    expect(patientOf({ id: null, issuer: null }, [])).toBeNull();
    expect(patientOf({ id: 'P 1001', issuer: null }, [])).toBeNull();
  });

  test('is the same in each spelling of its number', () => {
    const spellings = ['P-1001', 'p-1001', ' p-1001 '].map((id) => patientKey({ id, issuer: 'ELSEWHERE' }));
    expect(new Set(spellings).size).toBe(1);
  });

  test('is another patient if either part differs', () => {
    const all = [
      { id: 'a', issuer: 'b' },
      { id: 'b', issuer: 'a' },
      { id: 'a', issuer: null },
      { id: null, issuer: 'a' },
      { id: null, issuer: null },
      { id: 'a","b', issuer: null },
      { id: '7', issuer: null },
      { id: '007', issuer: null },
    ];
    expect(new Set(all.map(patientKey)).size).toBe(all.length);
  });
});
