import {
  attributeText,
  type DicomInstance,
  type DicomSeries,
  type DicomStudy,
  type NewDicom,
  searchTermsOf,
} from '../../domain/dicom/dicom-instance.ts';
import { patientKey } from '../../domain/dicom/named-patient.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import {
  instanceKey,
  instanceListKey,
  modalityOfStudyKey,
  seriesKey,
  studyEntryKeys,
  studyKey,
  studyListKey,
  unassignedStudyKey,
} from '../keys.ts';
import { addStored, type StoredFile } from '../stored-amounts.ts';
import type { DicomItems } from './dicom-items.ts';

/** The change of a series or a study. */
interface Change {
  set?: Record<string, unknown>;
  remove?: readonly string[];
  /** Numbers to add, and sets whose members are added. */
  add?: Record<string, number | ReadonlySet<string>>;
  /** The change of the number of a study's series with a modality. */
  ofModality?: readonly [modality: string, series: number] | undefined;
}

/** The update of a series or a study, on a condition with its values. */
export function changeItem(
  Key: { pk: string; sk: string },
  { set = {}, remove = [], add = {}, ofModality }: Change,
  condition: string,
  values: Record<string, unknown> = {},
) {
  const clause = (verb: string, parts: string[]) => (parts.length > 0 ? [`${verb} ${parts.join(', ')}`] : []);
  const all = {
    ...Object.fromEntries(Object.entries({ ...set, ...add }).map(([name, value]) => [`:${name}`, value])),
    ...(ofModality && { ':noSeries': 0, ':ofModality': ofModality[1] }),
    ...values,
  };
  return {
    Update: {
      Key,
      UpdateExpression: [
        ...clause('SET', [
          ...Object.keys(set).map((name) => `${name} = :${name}`),
          ...(ofModality
            ? [
                'seriesByModality.#modality = if_not_exists(seriesByModality.#modality, :noSeries) + :ofModality',
              ]
            : []),
        ]),
        ...clause('REMOVE', [...remove]),
        ...clause(
          'ADD',
          Object.keys(add).map((name) => `${name} :${name}`),
        ),
      ].join(' '),
      ConditionExpression: condition,
      ...(ofModality && { ExpressionAttributeNames: { '#modality': ofModality[0] } }),
      // DynamoDB refuses an empty object.
      ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: all }),
    },
  };
}

/** The number of instances that an instance adds to its series and study. */
export const countsOf = ({ source }: Pick<DicomInstance, 'source'>) => ({
  instances: 1,
  patientInstances: source === 'patient' ? 1 : 0,
});

/** The number of instances, and their bytes, that are in the table: those of `sign` 1 are stored, those of -1 are erased. */
export const keptOf = (instances: readonly Pick<DicomInstance, 'bytes'>[], sign: 1 | -1) => ({
  keptInstances: sign * instances.length,
  keptBytes: sign * instances.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** An instance as it is counted for who uploaded it, and for the patient of its study. */
export const storedFileOf = (
  { uploadedBy, bytes }: Pick<DicomInstance, 'uploadedBy' | 'bytes'>,
  { patientId }: Pick<DicomStudy, 'patientId'>,
): StoredFile => ({ uploadedBy, patientId, fileSize: bytes });

/** The change of a study when one of its series gets its first instance (1) or loses the last one (-1). */
export const ofSeries = (modality: string | undefined, series: 1 | -1) => ({
  series,
  ofModality: modality === undefined ? undefined : ([modality, series] as const),
});

/**
 * The condition under which a study, as it was read, accepts a file. It must belong to the patient named in the file. If the clinic
 * sends the file, it is also enough that the study's files name the same patient: this is for unassigned studies, and
 * for late files of studies that were assigned manually. A patient's files go only into this patient's studies.
 */
const admission = (
  { instance: { namedPatient, source }, study: { patientId } }: NewDicom,
  owner: string | null,
) => {
  const rules = [
    ...(patientId === null ? [] : ['patientId = :patient']),
    ...(source === 'clinic' ? ['contains(patientKeys, :key)'] : []),
  ];
  return {
    // The file is counted for the patient of the study.
    condition: `patientId = :owner AND (${rules.join(' OR ')})`,
    values: {
      ':owner': owner,
      ...(patientId !== null && { ':patient': patientId }),
      ...(source === 'clinic' && { ':key': patientKey(namedPatient) }),
    },
  };
};

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };

/** Files of one series and one uploader that name one patient. */
export type SeriesFiles = readonly [NewDicom, ...NewDicom[]];

/**
 * The writes of the instances, their series, their study and its index items. Each condition checks that the series and
 * the study are as they were read, so that every instance is counted exactly once.
 *
 * Further instances of a known series write themselves, their series, their study and the amounts of who uploaded them and of their
 * patient. Only their own items are in an index.
 *
 * @throws StorageFull if the files alone are too large for a quota
 */
export function writesOf(
  files: SeriesFiles,
  { series: knownSeries, study: knownStudy }: DicomItems = {},
  quotas?: StorageQuotas,
) {
  const [dicom] = files;
  const { study } = dicom;
  const instances = files.map(({ instance }) => instance);
  const { studyUid, patientId } = study;
  const modality = knownSeries ? knownSeries.modality : dicom.series.modality;
  // The index uses the attributes of the study's first instance, whatever later ones contain.
  const terms = searchTermsOf(knownStudy ?? study);
  const isNewModality =
    modality !== undefined && !(knownStudy && Object.hasOwn(knownStudy.seriesByModality, modality));
  const entries = [
    ...(knownStudy ? [] : [studyListKey(study, terms), ...studyEntryKeys(studyUid, terms)]),
    ...(!knownStudy && patientId === null ? [unassignedStudyKey(studyUid, terms)] : []),
    ...(isNewModality ? [modalityOfStudyKey(studyUid, terms, modality)] : []),
  ];
  return [
    ...instances.map((instance) => ({
      Put: { Item: { ...instance, ...instanceKey(instance.sopUid), ...instanceListKey(instance) }, ...isNew },
    })),
    seriesWrite(files, knownSeries),
    studyWrite(files, modality, knownSeries, knownStudy),
    ...addStored(
      instances.map((instance) => storedFileOf(instance, knownStudy ?? study)),
      quotas,
    ),
    ...entries.map((keys) => ({ Put: { Item: { ...keys, studyUid } } })),
  ];
}

/** What new instances add to the numbers of their series and study, and when they changed these. */
function addedBy(files: SeriesFiles) {
  const instances = files.map(({ instance }) => instance);
  const all = instances.map(countsOf);
  const sum = (name: keyof (typeof all)[number]) => all.reduce((total, counts) => total + counts[name], 0);
  return {
    counts: {
      instances: sum('instances'),
      patientInstances: sum('patientInstances'),
      ...keptOf(instances, 1),
    },
    set: {
      changedAt: instances
        .map(({ uploadedAt }) => uploadedAt)
        .sort()
        .at(-1),
    },
  };
}

function seriesWrite(files: SeriesFiles, known: DicomSeries | undefined) {
  const [{ series }] = files;
  const Key = seriesKey(series.studyUid, series.seriesUid);
  const { counts, set } = addedBy(files);
  if (!known) return { Put: { Item: { ...series, ...Key, ...counts, ...set }, ...isNew } };
  // A series whose instances are all deleted is not counted in its study.
  const condition = `attribute_not_exists(deletionId) AND instances ${known.instances > 0 ? '>' : '='} :none`;
  return changeItem(Key, { set, add: counts }, condition, { ':none': 0 });
}

function studyWrite(
  files: SeriesFiles,
  modality: string | undefined,
  knownSeries: DicomSeries | undefined,
  known: DicomStudy | undefined,
) {
  const [dicom] = files;
  const { instance, study } = dicom;
  const Key = studyKey(study.studyUid);
  const { counts, set } = addedBy(files);
  const patientKeys = new Set([patientKey(instance.namedPatient)]);
  if (!known) {
    const seriesByModality = modality === undefined ? {} : { [modality]: 1 };
    const totals = { ...counts, series: 1, seriesByModality, patientKeys };
    return { Put: { Item: { ...study, ...Key, ...totals, ...set }, ...isNew } };
  }
  const { condition, values } = admission(dicom, known.patientId);
  const isSeriesNew = !knownSeries || knownSeries.instances === 0;
  const { series, ofModality } = isSeriesNew ? ofSeries(modality, 1) : { series: 0, ofModality: undefined };
  const add = { ...counts, patientKeys, ...(series !== 0 && { series }) };
  return changeItem(
    Key,
    { set, add, ofModality },
    `attribute_not_exists(deletionId) AND (${condition})`,
    values,
  );
}

/** The position of a series in its study: by number, as its files have it; one without a number comes first. */
export const bySeriesNumber = (a: DicomSeries, b: DicomSeries): number =>
  numberOf(a) - numberOf(b) || (a.seriesUid < b.seriesUid ? -1 : 1);

const numberOf = ({ attributes }: DicomSeries): number => {
  const number = Number.parseInt(attributeText(attributes, '00200011'), 10);
  return Number.isNaN(number) ? -(2 ** 31) : number;
};
