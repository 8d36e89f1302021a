import * as z from 'zod';
import { requireVisible } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { markOf, PatientMark, Source, sourceOf } from '../access/source.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { DomainError } from '../errors.ts';
import { PatientId, Subject, Timestamp } from '../identifiers.ts';
import { NamedPatient, patientKey, patientOf } from './named-patient.ts';
import { DicomUid, SeriesUid, SopUid, StudyUid } from './uids.ts';

/** An attribute of the DICOM JSON model (PS3.18 F.2.2). */
const DicomAttribute = z.object({
  vr: z.string(),
  Value: z.array(z.unknown()).optional(),
  BulkDataURI: z.string().optional(),
  InlineBinary: z.string().optional(),
});

/** Attributes by tag (`GGGGEEEE`). */
export const DicomAttributes = z.record(z.string(), DicomAttribute);
export type DicomAttributes = z.infer<typeof DicomAttributes>;

/** A set as DynamoDB keeps it, in order; DynamoDB keeps no empty ones. */
function SetOf<T extends string>(item: z.ZodType<T>) {
  return z
    .union([z.set(item), z.array(item)])
    .default(() => [])
    .transform((all) => [...all].sort());
}

/** A stored DICOM file. */
export const DicomInstance = z.object({
  sopUid: DicomUid,
  seriesUid: DicomUid,
  studyUid: DicomUid,
  sopClassUid: DicomUid,
  transferSyntaxUid: DicomUid,
  /** The identifier that an Orthanc server gives the same file. */
  orthancId: z.string(),
  /** Whom the file names. Whose it is, its study says. */
  namedPatient: NamedPatient,
  bytes: z.int(),
  /** Of the file, hexadecimal. */
  sha256: z.string(),
  frames: z.int(),
  /** None of a file without pixels. */
  rows: z.int().optional(),
  columns: z.int().optional(),
  instanceNumber: z.int().optional(),
  /** Those of the instance's own level. */
  attributes: DicomAttributes,
  uploadedAt: Timestamp,
  uploadedBy: z.string(),
  source: Source,
});
export type DicomInstance = z.infer<typeof DicomInstance>;

/** A series, as its first instance has it, with the count of its instances. */
export const DicomSeries = z.object({
  studyUid: DicomUid,
  seriesUid: DicomUid,
  modality: z.string().optional(),
  /** Those of the series' own level. */
  attributes: DicomAttributes,
  /** Who sent its instances. */
  sources: SetOf(Source),
  instances: z.int(),
  changedAt: Timestamp,
});
export type DicomSeries = z.infer<typeof DicomSeries>;

/** Who gave a study to a patient, or took it from one, where it was not the files that named the patient. */
export const StudyAssignment = z.object({
  by: Subject,
  at: Timestamp,
  /** Whose it was before; null where it was nobody's. */
  from: PatientId.nullable(),
});
export type StudyAssignment = z.infer<typeof StudyAssignment>;

/** A study, as its first instance has it, with what its series add up to. */
export const DicomStudy = z.object({
  studyUid: DicomUid,
  /** Whose the study and all that is in it are; null where it is nobody's yet: then no patient sees it. */
  patientId: PatientId.nullable(),
  /** Whom its first file names. */
  namedPatient: NamedPatient,
  /** The keys of all whom its files name: two where it was given to a patient by hand and more files came. */
  patientKeys: SetOf(z.string()),
  assignment: StudyAssignment.optional(),
  /** Those of the patient's and of the study's level. */
  attributes: DicomAttributes,
  modalities: SetOf(z.string()),
  /** Who sent its instances. */
  sources: SetOf(Source),
  series: z.int(),
  instances: z.int(),
  changedAt: Timestamp,
});
export type DicomStudy = z.infer<typeof DicomStudy>;

/** An instance with what it says of its series and its study. */
export interface NewDicom {
  instance: DicomInstance;
  series: Pick<DicomSeries, 'studyUid' | 'seriesUid' | 'modality' | 'attributes'>;
  study: Pick<DicomStudy, 'studyUid' | 'patientId' | 'namedPatient' | 'attributes'>;
}

/** The first value of an attribute as text; empty where there is none. */
export function attributeText(attributes: DicomAttributes, tag: string): string {
  const value = attributes[tag]?.Value?.[0];
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return String(value.Alphabetic);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What studies are searched by. */
export const searchTermsOf = ({
  attributes,
  namedPatient,
}: Pick<DicomStudy, 'attributes' | 'namedPatient'>) => ({
  /** As in the file, whatever it is; empty where it names nobody. */
  namedId: namedPatient.id ?? '',
  /** `YYYYMMDD`, or empty. */
  date: studyDate(attributeText(attributes, '00080020')),
  accession: attributeText(attributes, '00080050'),
  names: namesOf(attributes['00100010']?.Value ?? []),
});

/** The groups of a name: alphabetic, ideographic and phonetic (PS3.5 6.2.1.1); empty where there is none. */
export const nameGroups = (name: unknown): string[] => {
  if (typeof name !== 'object' || name === null) return [String(name ?? '')];
  const groups = name as Record<string, unknown>;
  return ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => String(groups[group] ?? ''));
};

/** A name has three groups at most; only a faulty file has more names, and one transaction has no room for all of them. */
const INDEXED_NAMES = 30;

const namesOf = (values: readonly unknown[]): string[] => {
  const names = values.flatMap(nameGroups).map(searchName);
  return [...new Set(names)].filter((name) => name !== '').slice(0, INDEXED_NAMES);
};

/** PS3.5 6.2 DA; dots are how the standard before DICOM wrote it, and still to be read. */
function studyDate(text: string): string {
  const digits = text.replace(/^(\d{4})\.(\d\d)\.(\d\d)$/, '$1$2$3');
  return /^\d{8}$/.test(digits) ? digits : '';
}

/** A name as searches compare it: without accents, in capitals, each syllable of Hangul one character. */
export const searchName = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase()
    .normalize('NFC');

/**
 * The instance, if it is there and the caller may know of it.
 *
 * @param study of the instance, which says whose it is
 * @throws DomainError NOT_FOUND
 */
export function requireVisibleInstance(
  caller: Caller,
  instance: DicomInstance | undefined,
  study: DicomStudy | undefined,
): DicomInstance {
  const isThere = instance && isMember(study, instance);
  const found = isThere ? { ...instance, id: instance.sopUid, patientId: study?.patientId } : undefined;
  return requireVisible(caller, found, 'instance');
}

/**
 * Whether the study took the instance in: no other is given to anybody. The conditions of all writes see to it that there is
 * none; only for a moment a study may be read as it was before its last instance came.
 */
export const isMember = (study: DicomStudy | undefined, { studyUid, namedPatient }: DicomInstance): boolean =>
  study?.studyUid === studyUid && study.patientKeys.includes(patientKey(namedPatient));

/**
 * Refuses a file that a patient brings and that is another's, or nobody's.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireOwnDicom(
  caller: Caller,
  { instance: { sopUid: id, namedPatient }, study: { patientId } }: NewDicom,
): void {
  recordAccess(caller, 'instance', { id, patientId });
  if (caller.role !== 'patient' || caller.patientId === patientId) return;
  throw new DomainError('FORBIDDEN', 'Patients may upload only what is their own.', {
    details: [
      namedPatient.id === caller.patientId
        ? `the Patient ID in the file must be of this clinic; its issuer is ${namedPatient.issuer}`
        : `the Patient ID in the file must be ${caller.patientId}`,
    ],
  });
}

/** The answer to a file whose SOP Instance UID is another file's. */
export const sopUidConflict = ({ sopUid }: DicomInstance) =>
  new DomainError('CONFLICT', 'Image already exists', {
    details: [`the SOPInstanceUID ${sopUid} is that of another file`],
  });

/** The answer to a file whose study is another patient's. */
export class PatientMismatch extends DomainError {
  constructor({ studyUid }: DicomInstance) {
    super('CONFLICT', 'The study belongs to another patient', {
      details: [`the StudyInstanceUID ${studyUid} is that of a study of another patient than the file's`],
    });
  }
}

/** What a file says of itself, as `describeDicom` finds it. */
interface Described {
  identifiers: {
    patient: NamedPatient;
    studyInstanceUid: string;
    seriesInstanceUid: string;
    sopInstanceUid: string;
    sopClassUid: string;
  };
  transferSyntaxUid: string;
  orthancId: string;
  frames: number;
  rows: number | undefined;
  columns: number | undefined;
  modality: string | undefined;
  instanceNumber: number | undefined;
  attributes: Record<'patient' | 'study' | 'series' | 'instance', DicomAttributes>;
}

/**
 * A file that someone brings.
 *
 * @param ownIssuers see `patientOf`
 */
export function newDicom(
  { identifiers, attributes, modality, ...described }: Described,
  file: { bytes: number; sha256: string },
  caller: Pick<Caller, 'subject' | 'role'>,
  ownIssuers: readonly string[],
  now: Date,
): NewDicom {
  const { patient: namedPatient, sopClassUid } = identifiers;
  const { studyInstanceUid: studyUid, seriesInstanceUid: seriesUid, sopInstanceUid: sopUid } = identifiers;
  const { transferSyntaxUid, orthancId, frames, rows, columns, instanceNumber } = described;
  return {
    instance: {
      sopUid,
      seriesUid,
      studyUid,
      sopClassUid,
      transferSyntaxUid,
      orthancId,
      namedPatient,
      ...file,
      frames,
      rows,
      columns,
      instanceNumber,
      attributes: attributes.instance,
      uploadedAt: now.toISOString(),
      uploadedBy: caller.subject,
      source: sourceOf(caller),
    },
    series: { studyUid, seriesUid, modality, attributes: attributes.series },
    study: {
      studyUid,
      patientId: patientOf(namedPatient, ownIssuers),
      namedPatient,
      attributes: { ...attributes.patient, ...patientIdAttributes(namedPatient), ...attributes.study },
    },
  };
}

/** Patient ID and its issuer as DICOM JSON. */
export const patientIdAttributes = ({ id, issuer }: NamedPatient): DicomAttributes => ({
  '00100020': { vr: 'LO', ...(id !== null && { Value: [id] }) },
  ...(issuer !== null && { '00100021': { vr: 'LO', Value: [issuer] } }),
});

/** What is told of a stored file. */
export const StoredDicom = z.strictObject({
  ID: z
    .string()
    .describe('The identifier that Orthanc gives the same instance.')
    .meta({ examples: ['7e7e3a4b-5c1f2d3e-9a8b7c6d-0f1e2d3c-4b5a6978'] }),
  StudyInstanceUID: StudyUid,
  SeriesInstanceUID: SeriesUid,
  SOPInstanceUID: SopUid,
  MainDicomTags: z
    .record(z.string(), z.string())
    .describe('By keyword; values between backslashes.')
    .meta({ examples: [{ Modality: 'CT', ImageComments: 'Sample image' }] }),
  source: PatientMark,
});
export type StoredDicom = z.infer<typeof StoredDicom>;

export const toStoredDicom = (
  { orthancId, studyUid, seriesUid, sopUid, source }: DicomInstance,
  mainTags: Record<string, string>,
): StoredDicom => ({
  ID: orthancId,
  StudyInstanceUID: studyUid,
  SeriesInstanceUID: seriesUid,
  SOPInstanceUID: sopUid,
  MainDicomTags: mainTags,
  ...markOf(source),
});
