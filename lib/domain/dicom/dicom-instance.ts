import * as z from 'zod';
import { requireVisible } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { markOf, PatientMark, Source, sourceOf } from '../access/source.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Timestamp } from '../identifiers.ts';
import { LegalHold } from '../legal-hold.ts';
import { Assignment } from '../patients/assignment.ts';
import { normalizePatientId } from '../patients/normalize-patient-id.ts';
import { searchName } from '../patients/search-name.ts';
import { describedWith } from './described-with.ts';
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

/** A DynamoDB set as a sorted array. DynamoDB does not store empty sets. */
function SetOf<T extends string>(item: z.ZodType<T>) {
  return z
    .union([z.set(item), z.array(item)])
    .default(() => [])
    .transform((all) => [...all].sort());
}

/** The deletion of an item itself, not of what contains it. */
const Deletable = { deletionId: Id.optional() };

/** The numbers of instances of a series, or of those series of a study that are not deleted. */
export const InstanceCounts = {
  /** Those that are not deleted themselves. */
  instances: z.int(),
  /** Those of `instances` that patients sent. */
  patientInstances: z.int(),
  /** All in the table, also deleted ones, until they are erased. */
  keptInstances: z.int(),
  /** The bytes of their files. */
  keptBytes: z.int().default(0),
};

/** A stored DICOM file. */
export const DicomInstance = z.object({
  sopUid: DicomUid,
  seriesUid: DicomUid,
  studyUid: DicomUid,
  sopClassUid: DicomUid,
  transferSyntaxUid: DicomUid,
  /** The identifier that an Orthanc server gives the same file. */
  orthancId: z.string(),
  /** The patient named in the file. The study says to which patient the instance belongs. */
  namedPatient: NamedPatient,
  bytes: z.int(),
  /** Of the file; hexadecimal. */
  sha256: z.string(),
  frames: z.int(),
  /** Pixels; undefined for a file without pixels. */
  rows: z.int().optional(),
  columns: z.int().optional(),
  instanceNumber: z.int().optional(),
  /** The attributes of the instance level. */
  attributes: DicomAttributes,
  /** All attributes of the file, packed by `packMetadata`; undefined if they are too long for an item: then they are an object. */
  metadata: z.string().optional(),
  uploadedAt: Timestamp,
  uploadedBy: z.string(),
  source: Source,
  ...Deletable,
});
export type DicomInstance = z.infer<typeof DicomInstance>;

/** A series: the attributes of its first instance and the number of its instances. */
export const DicomSeries = z.object({
  studyUid: DicomUid,
  seriesUid: DicomUid,
  modality: z.string().optional(),
  /** The attributes of the series level. */
  attributes: DicomAttributes,
  ...InstanceCounts,
  changedAt: Timestamp,
  ...Deletable,
});
export type DicomSeries = z.infer<typeof DicomSeries>;

/** A study: the attributes of its first instance and the totals of its series. */
export const DicomStudy = z.object({
  studyUid: DicomUid,
  /** The patient to whom the study belongs. Null: it is unassigned, and no patient sees it. */
  patientId: PatientId.nullable(),
  /** The patient named in its first file. */
  namedPatient: NamedPatient,
  /** The keys of all patients named in its files. Two if the study was assigned manually and more files came later. */
  patientKeys: SetOf(z.string()),
  /** The last manual assignment. Undefined if the files alone decided it. */
  assignment: Assignment.optional(),
  /** The attributes of the patient level and of the study level. */
  attributes: DicomAttributes,
  /** The series that are not deleted and have instances that are not deleted. */
  series: z.int(),
  /** Their number by modality. */
  seriesByModality: z.record(z.string(), z.int()),
  ...InstanceCounts,
  changedAt: Timestamp,
  legalHold: LegalHold.optional(),
  ...Deletable,
});
export type DicomStudy = z.infer<typeof DicomStudy>;

/** Who sent the instances of a series or study. */
export const sourcesOf = ({
  instances,
  patientInstances,
}: Pick<DicomSeries, 'instances' | 'patientInstances'>): Source[] => [
  ...(instances > patientInstances ? (['clinic'] as const) : []),
  ...(patientInstances > 0 ? (['patient'] as const) : []),
];

/** The modalities of the study's series, sorted. */
export const modalitiesOf = ({ seriesByModality }: Pick<DicomStudy, 'seriesByModality'>): string[] =>
  Object.entries(seriesByModality)
    .flatMap(([modality, series]) => (series > 0 ? [modality] : []))
    .sort();

/**
 * What people call a study: its modalities and its description, such as `CT thorax`. Many devices write the modality into the
 * description, too.
 */
export const studyName = (study: Pick<DicomStudy, 'seriesByModality' | 'attributes'>): string =>
  describedWith(modalitiesOf(study), attributeText(study.attributes, '00081030').trim());

/** Whether a series or study is neither deleted nor without an instance that is not deleted. */
export const isShown = ({ deletionId, instances }: Pick<DicomSeries, 'deletionId' | 'instances'>): boolean =>
  deletionId === undefined && instances > 0;

/** An instance with its attributes of the series and the study levels. */
export interface NewDicom {
  instance: DicomInstance;
  series: Pick<DicomSeries, 'studyUid' | 'seriesUid' | 'modality' | 'attributes'>;
  study: Pick<DicomStudy, 'studyUid' | 'patientId' | 'namedPatient' | 'attributes'>;
}

/** What came of storing an instance: it is new, or was known. */
export interface StoredIn {
  outcome: 'stored' | 'known';
  /** The patient of its study; null if the study is unassigned. */
  patientId: string | null;
}

/** The first value of an attribute as text; empty if it has none. */
export function attributeText(attributes: DicomAttributes, tag: string): string {
  const value = attributes[tag]?.Value?.[0];
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return String(value.Alphabetic);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The values by which a study is indexed for searches. */
export const searchTermsOf = ({
  attributes,
  namedPatient,
}: Pick<DicomStudy, 'attributes' | 'namedPatient'>) => ({
  /** The normal form of the Patient ID, which may be of another clinic; empty if the file names no patient. */
  namedId: normalizePatientId(namedPatient.id ?? ''),
  dateTime: dateTimeDigits(attributes),
  accession: attributeText(attributes, '00080050'),
  names: namesOf(attributes['00100010']?.Value ?? []),
});

/** The component groups of a name: alphabetic, ideographic and phonetic (PS3.5 6.2.1.1). A missing group is empty. */
export const nameGroups = (name: unknown): string[] => {
  if (typeof name !== 'object' || name === null) return [String(name ?? '')];
  const groups = name as Record<string, unknown>;
  return ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => String(groups[group] ?? ''));
};

/** A valid name has at most three groups. A faulty file may have more names than fit into one transaction. */
const INDEXED_NAMES = 30;

const namesOf = (values: readonly unknown[]): string[] => {
  const names = values.flatMap(nameGroups).map(searchName);
  return [...new Set(names)].filter((name) => name !== '').slice(0, INDEXED_NAMES);
};

/** Returns a DICOM date (PS3.5 6.2, DA) as `YYYYMMDD`. Dots are the format of ACR-NEMA, which files may still have. */
export function dateDigits(text: string): string {
  const digits = text.replace(/^(\d{4})\.(\d\d)\.(\d\d)$/, '$1$2$3');
  return /^\d{8}$/.test(digits) ? digits : '';
}

/** The digits of the study's date and time, `YYYYMMDDHHMMSS`, as far as its files have them; empty without a date. */
function dateTimeDigits(attributes: DicomAttributes): string {
  const date = dateDigits(attributeText(attributes, '00080020'));
  // PS3.5 6.2, TM. Colons are the format of ACR-NEMA.
  const [time = ''] = /^(\d\d){0,3}/.exec(attributeText(attributes, '00080030').replaceAll(':', '')) ?? [];
  return date && date + time;
}

/**
 * Returns the instance if it exists and the caller may access it.
 *
 * @param study the instance's study, which says to which patient it belongs
 * @throws DomainError NOT_FOUND
 */
export function requireVisibleInstance(
  caller: Caller,
  instance: DicomInstance | undefined,
  study: DicomStudy | undefined,
): DicomInstance {
  const isThere = instance && isMember(study, instance);
  const found = isThere
    ? { ...instance, id: instance.sopUid, patientId: study?.patientId, name: study && studyName(study) }
    : undefined;
  if (isThere) caller.auditContext?.instances.set(instance.sopUid, instance);
  return requireVisible(caller, found, 'instance');
}

/**
 * Whether the instance belongs to the study. Other instances are never returned. The conditions of all writes prevent
 * such instances; only an outdated read of the study can lack its last instance for a moment.
 */
export const isMember = (
  study: DicomStudy | undefined,
  { studyUid, namedPatient }: Pick<DicomInstance, 'studyUid' | 'namedPatient'>,
): boolean => study?.studyUid === studyUid && study.patientKeys.includes(patientKey(namedPatient));

/**
 * Refuses a file that a patient uploads and that does not name this patient. The details name no number: the log has them.
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
      normalizePatientId(namedPatient.id ?? '') === caller.patientId
        ? 'the Patient ID in the file must be of this clinic, and has another issuer'
        : 'the Patient ID in the file must be your own',
    ],
  });
}

/** The error for a file whose SOP Instance UID another file has already. */
export const sopUidConflict = ({ sopUid }: DicomInstance) =>
  new DomainError('CONFLICT', 'Image already exists', {
    details: [`the SOPInstanceUID ${sopUid} is that of another file`],
  });

/** The error for a file whose study belongs to another patient. */
export class PatientMismatch extends DomainError {
  constructor({ studyUid }: DicomInstance) {
    super('CONFLICT', 'The study belongs to another patient', {
      details: [`the StudyInstanceUID ${studyUid} is that of a study of another patient than the file's`],
    });
  }
}

/** Whether a study accepts a file: see `admission` in `lib/data`, which is the condition of the write. */
export const isAdmitted = (
  known: DicomStudy,
  { instance: { namedPatient, source }, study }: NewDicom,
): boolean =>
  (study.patientId !== null && study.patientId === known.patientId) ||
  (source === 'clinic' && known.patientKeys.includes(patientKey(namedPatient)));

/** The error for a file of a deleted instance, series or study: sending it again must not undo the deletion. */
export class DeletedDicom extends DomainError {
  constructor({ sopUid }: DicomInstance) {
    super('CONFLICT', 'The instance is deleted', {
      details: [
        'it was deleted; once it is erased, it can be stored again',
        `the instance is ${sopUid}; its series or its study may be deleted as a whole`,
      ],
    });
  }
}

/**
 * Refuses to store an instance again as long as its deletion, or that of its series or study, can be undone.
 *
 * @param items the instance, its series and its study
 * @throws DomainError CONFLICT
 */
export function requireNotDeleted(
  instance: DicomInstance,
  items: readonly ({ deletionId?: string | undefined } | undefined)[],
): void {
  if (items.some((item) => item?.deletionId !== undefined)) throw new DeletedDicom(instance);
}

/** The description of a file that `describeDicom` returns. */
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
 * Creates the instance, series and study records of an uploaded file.
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

/** The description of a stored file in responses. */
export const StoredDicom = z.object({
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
