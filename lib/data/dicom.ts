import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import {
  attributeText,
  DicomInstance,
  DicomSeries,
  DicomStudy,
  type NewDicom,
  OtherPatient,
  otherBytes,
  searchTermsOf,
} from '../domain/dicom-instance.ts';
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
} from './keys.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './page.ts';
import { parseItem, type Table } from './table.ts';
import { transact } from './transaction.ts';

/** Between what is read of series and study and the write that builds on it, others may begin them: once each. */
const ATTEMPTS = 5;

/** The DICOM instances in the table, with their series and studies. */
export class DicomStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores an instance, counts it in its series and its study, and makes that study be found: all of it, or nothing.
   * The same file again changes nothing.
   *
   * @throws DomainError CONFLICT where the SOP Instance UID is another file's, or the study another patient's
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
        throw otherBytes(instance);
      }
      const other = failed.get(2);
      const { gsi2pk } = studyListKey(instance.studyUid, searchTermsOf(dicom.study));
      if (other && other.gsi2pk !== gsi2pk) throw new OtherPatient(instance);
    }
    throw new Error(`the series ${instance.seriesUid} or its study comes and goes`);
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

  /** A part of the series' instances, in the order of their numbers. */
  listInstances(studyUid: string, seriesUid: string, page: PageRequest): Promise<Page<DicomInstance>> {
    return queryPage(this.#table, instancesQuery(studyUid, seriesUid), page);
  }

  /** All of the series' instances in that order, read as they are used. */
  allInstances(studyUid: string, seriesUid: string): AsyncGenerator<DicomInstance> {
    return queryAll(this.#table, instancesQuery(studyUid, seriesUid));
  }

  /** A part of the study's series, in the order of their numbers. */
  listSeries(studyUid: string, page: PageRequest): Promise<Page<DicomSeries>> {
    return queryPage(this.#table, seriesQuery(studyUid), page);
  }

  /** All of the study's series in that order, read as they are used. */
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
 * The instance, its series, its study, and what these are found by; each condition says that the others are as they were
 * read, so that no count is missed and none doubled.
 */
export function writesOf(
  { instance, series, study }: NewDicom,
  knownSeries?: DicomSeries,
  knownStudy?: DicomStudy,
) {
  const { uploadedAt: changedAt } = instance;
  const { modality } = series;
  const lists = studyListKey(study.studyUid, searchTermsOf(study));
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const seriesNumber = Number.parseInt(attributeText(series.attributes, '00200011'), 10);
  const hasNews = !knownStudy || (modality !== undefined && !knownStudy.modalities.includes(modality));
  // By what the study's first instance says, whatever the others say.
  const terms = searchTermsOf(knownStudy ?? study);
  const entries = hasNews ? studyEntryKeys(study.studyUid, terms, modality) : [];
  return [
    {
      Put: { Item: { ...instance, ...instanceKey(instance.sopUid), ...instanceListKey(instance) }, ...isNew },
    },
    knownSeries
      ? {
          Update: {
            Key: seriesKey(series.studyUid, series.seriesUid),
            UpdateExpression: 'SET changedAt = :now ADD instances :one',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':now': changedAt, ':one': 1 },
          },
        }
      : {
          Put: {
            Item: {
              ...series,
              ...seriesKey(series.studyUid, series.seriesUid),
              ...seriesListKey(series, Number.isNaN(seriesNumber) ? undefined : seriesNumber),
              instances: 1,
              changedAt,
            },
            ...isNew,
          },
        },
    knownStudy
      ? {
          Update: {
            Key: studyKey(study.studyUid),
            UpdateExpression: `SET changedAt = :now ADD instances :one, series :series${modality ? ', modalities :modality' : ''}`,
            ConditionExpression: 'gsi2pk = :patient',
            ExpressionAttributeValues: {
              ':now': changedAt,
              ':one': 1,
              ':series': knownSeries ? 0 : 1,
              ':patient': lists.gsi2pk,
              ...(modality && { ':modality': new Set([modality]) }),
            },
          },
        }
      : {
          Put: {
            Item: {
              ...study,
              ...studyKey(study.studyUid),
              ...lists,
              ...(modality && { modalities: new Set([modality]) }),
              series: 1,
              instances: 1,
              changedAt,
            },
            ...isNew,
          },
        },
    ...entries.map((keys) => ({
      Put: { Item: { ...keys, studyUid: study.studyUid, patientId: study.patientId } },
    })),
  ];
}
