import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import {
  attributeText,
  DicomInstance,
  DicomSeries,
  DicomStudy,
  type NewDicom,
  PatientMismatch,
  type StudyAssignment,
  searchTermsOf,
  sopUidConflict,
} from '../domain/dicom/dicom-instance.ts';
import { patientKey } from '../domain/dicom/named-patient.ts';
import type { PatientOfStudy } from '../domain/exams/exam-image.ts';
import { getMany } from './batch-requests.ts';
import {
  instanceKey,
  instanceListKey,
  instancesOfSeries,
  seriesKey,
  seriesListKey,
  seriesOfStudy,
  studyEntryKeys,
  studyKey,
  studyListKey,
  unassignedStudyKey,
} from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';
import { transact } from './transaction.ts';

/**
 * Attempts to store an instance. Concurrent requests may create its series and its study after our read; each of these
 * is created once.
 */
const ATTEMPTS = 5;

/** The DICOM instances in the table, with their series and studies. */
export class DicomStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores an instance, counts it in its series and study, and indexes the study, in one transaction. Storing the same
   * file again changes nothing.
   *
   * @throws DomainError CONFLICT if another file has the SOP Instance UID, or the study belongs to another patient
   */
  async store(dicom: NewDicom): Promise<'stored' | 'known'> {
    const { instance } = dicom;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const [series, study] = await Promise.all([
        this.getSeries(instance.studyUid, instance.seriesUid),
        this.getStudy(instance.studyUid),
      ]);
      const failed = await transact(this.#table, writesOf(dicom, series, study));
      if (failed.size === 0) return 'stored';
      const known = failed.get(0);
      if (known) {
        if (parseItem(DicomInstance, known).sha256 === instance.sha256) return 'known';
        throw sopUidConflict(instance);
      }
      if (study && failed.get(2)) throw new PatientMismatch(instance);
    }
    throw new Error(`the series ${instance.seriesUid} or its study kept changing`);
  }

  getInstance(sopUid: string): Promise<DicomInstance | undefined> {
    return this.#get(DicomInstance, instanceKey(sopUid));
  }

  getSeries(studyUid: string, seriesUid: string): Promise<DicomSeries | undefined> {
    return this.#get(DicomSeries, seriesKey(studyUid, seriesUid));
  }

  getStudy(studyUid: string): Promise<DicomStudy | undefined> {
    return this.#get(DicomStudy, studyKey(studyUid));
  }

  /** Reads the instance and its study at one moment: one request if the path contains both UIDs. */
  async getInstanceIn(
    studyUid: string,
    sopUid: string,
  ): Promise<{ instance?: DicomInstance | undefined; study?: DicomStudy | undefined }> {
    const items = await getMany(this.#table, [instanceKey(sopUid), studyKey(studyUid)]);
    const [instance, study] = ['INSTANCE', 'STUDY'].map((sk) => items.find((item) => item.sk === sk));
    return {
      instance: instance && parseItem(DicomInstance, instance),
      study: study && parseItem(DicomStudy, study),
    };
  }

  /** Returns a function that reads the patient of a study, and each study only once. */
  patientsOfStudies(): PatientOfStudy {
    const known = new Map<string, Promise<string | null>>();
    const read = async (studyUid: string) => (await this.getStudy(studyUid))?.patientId ?? null;
    return (studyUid) => {
      const patientId = known.get(studyUid) ?? read(studyUid);
      known.set(studyUid, patientId);
      return patientId;
    };
  }

  /**
   * Assigns the study and its instances to a patient or to nobody, in one write.
   *
   * @param study as it was read; if it was assigned since, nothing changes
   * @returns false if the study was assigned to somebody else since
   */
  async assign(study: DicomStudy, patientId: string | null, assignment: StudyAssignment): Promise<boolean> {
    const { studyUid } = study;
    const terms = searchTermsOf(study);
    const { gsi2pk } = studyListKey({ studyUid, patientId }, terms);
    const { gsi1pk, gsi1sk, ...entry } = unassignedStudyKey(studyUid, terms);
    const failed = await transact(this.#table, [
      {
        Update: {
          Key: studyKey(studyUid),
          UpdateExpression: 'SET patientId = :patient, gsi2pk = :list, assignment = :assignment',
          ConditionExpression: 'patientId = :before',
          ExpressionAttributeValues: {
            ':patient': patientId,
            ':list': gsi2pk,
            ':assignment': assignment,
            ':before': study.patientId,
          },
        },
      },
      patientId === null
        ? { Put: { Item: { ...entry, gsi1pk, gsi1sk, studyUid } } }
        : { Delete: { Key: entry } },
    ]);
    return failed.size === 0;
  }

  /** Lists one page of the series' instances, by instance number. */
  listInstances(studyUid: string, seriesUid: string, page: PageRequest): Promise<Page<DicomInstance>> {
    return queryPage(this.#table, instancesQuery(studyUid, seriesUid), page);
  }

  /** Yields all instances of the series in that order, read as they are consumed. */
  allInstances(studyUid: string, seriesUid: string): AsyncGenerator<DicomInstance> {
    return queryAll(this.#table, instancesQuery(studyUid, seriesUid));
  }

  /** Lists one page of the study's series, by series number. */
  listSeries(studyUid: string, page: PageRequest): Promise<Page<DicomSeries>> {
    return queryPage(this.#table, seriesQuery(studyUid), page);
  }

  /** Yields all series of the study in that order, read as they are consumed. */
  allSeries(studyUid: string): AsyncGenerator<DicomSeries> {
    return queryAll(this.#table, seriesQuery(studyUid));
  }

  async #get<T>(schema: z.ZodType<T>, Key: { pk: string; sk: string }): Promise<T | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(schema, Item);
  }
}

const instancesQuery = (studyUid: string, seriesUid: string) => ({
  partition: instancesOfSeries(studyUid, seriesUid),
  schema: DicomInstance,
  keyOf: instanceKey,
  idOf: ({ sopUid }: DicomInstance) => sopUid,
});

const seriesQuery = (studyUid: string) => ({
  partition: seriesOfStudy(studyUid),
  schema: DicomSeries,
  keyOf: (seriesUid: string) => seriesKey(studyUid, seriesUid),
  idOf: ({ seriesUid }: DicomSeries) => seriesUid,
});

/**
 * The condition under which a study accepts a file. It must belong to the patient named in the file. If the clinic
 * sends the file, it is also enough that the study's files name the same patient: this is for unassigned studies, and
 * for late files of studies that were assigned manually. A patient's files go only into this patient's studies.
 */
const admission = ({ instance: { namedPatient, source }, study: { patientId } }: NewDicom) => {
  const rules = [
    ...(patientId === null ? [] : ['patientId = :patient']),
    ...(source === 'clinic' ? ['contains(patientKeys, :key)'] : []),
  ];
  return {
    ConditionExpression: rules.join(' OR '),
    values: {
      ...(patientId !== null && { ':patient': patientId }),
      ...(source === 'clinic' && { ':key': patientKey(namedPatient) }),
    },
  };
};

/**
 * The writes of the instance, its series, its study and their index items. Each condition checks that the series and
 * the study are as they were read, so that every instance is counted exactly once.
 */
export function writesOf(dicom: NewDicom, knownSeries?: DicomSeries, knownStudy?: DicomStudy) {
  const { instance, series, study } = dicom;
  const { uploadedAt: changedAt, source } = instance;
  const { modality } = series;
  const { studyUid, patientId } = study;
  const patientKeys = new Set([patientKey(instance.namedPatient)]);
  const sources = new Set([source]);
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const seriesNumber = Number.parseInt(attributeText(series.attributes, '00200011'), 10);
  const isIndexChanged = !knownStudy || (modality !== undefined && !knownStudy.modalities.includes(modality));
  // The index uses the attributes of the study's first instance, whatever later ones contain.
  const terms = searchTermsOf(knownStudy ?? study);
  const entries = isIndexChanged ? studyEntryKeys(studyUid, terms, modality) : [];
  const isUnassigned = !knownStudy && patientId === null;
  const { ConditionExpression, values } = admission(dicom);
  return [
    {
      Put: { Item: { ...instance, ...instanceKey(instance.sopUid), ...instanceListKey(instance) }, ...isNew },
    },
    knownSeries
      ? {
          Update: {
            Key: seriesKey(studyUid, series.seriesUid),
            UpdateExpression: 'SET changedAt = :now ADD instances :one, sources :sources',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':now': changedAt, ':one': 1, ':sources': sources },
          },
        }
      : {
          Put: {
            Item: {
              ...series,
              ...seriesKey(studyUid, series.seriesUid),
              ...seriesListKey(series, Number.isNaN(seriesNumber) ? undefined : seriesNumber),
              sources,
              instances: 1,
              changedAt,
            },
            ...isNew,
          },
        },
    knownStudy
      ? {
          Update: {
            Key: studyKey(studyUid),
            UpdateExpression: `SET changedAt = :now ADD instances :one, series :series, sources :sources, patientKeys :keys${modality ? ', modalities :modality' : ''}`,
            ConditionExpression,
            ExpressionAttributeValues: {
              ...values,
              ':now': changedAt,
              ':one': 1,
              ':series': knownSeries ? 0 : 1,
              ':sources': sources,
              ':keys': patientKeys,
              ...(modality && { ':modality': new Set([modality]) }),
            },
          },
        }
      : {
          Put: {
            Item: {
              ...study,
              ...studyKey(studyUid),
              ...studyListKey(study, terms),
              ...(modality && { modalities: new Set([modality]) }),
              patientKeys,
              sources,
              series: 1,
              instances: 1,
              changedAt,
            },
            ...isNew,
          },
        },
    ...[...entries, ...(isUnassigned ? [unassignedStudyKey(studyUid, terms)] : [])].map((keys) => ({
      Put: { Item: { ...keys, studyUid } },
    })),
  ];
}
