import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DicomStudy, isShown } from '../../domain/dicom/dicom-instance.ts';
import type { Dates, StudyList } from '../../domain/dicom/study-search.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { parseReadable, type Table } from '../dynamodb/table.ts';
import {
  INDEXES,
  nameIn,
  namesFrom,
  STUDIES,
  STUDIES_BY_NAME,
  studiesOfAccession,
  studiesOfModality,
  studiesOfPatient,
  studyKey,
  UNASSIGNED_STUDIES,
  unassignedStudiesOf,
} from '../keys.ts';

/** An index item that refers to a study. */
export const StudyEntry = z.object({ studyUid: z.string() });

/** Studies read in one step. It is limited because the caller may stop early. */
const AT_ONCE = 100;

/** Index items that one Query reads; DynamoDB itself stops at 1 MB. */
const ENTRIES = 5000;

/** Finds DICOM studies. Each list is one Query on one partition of an index, read as it is consumed. */
export class DicomSearch {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Yields the studies of a list: newest first, or by name if it is a list of names.
   *
   * @param atOnce how many studies are read in advance; small for a caller that needs few of many
   */
  async *studies(list: StudyList, atOnce: number): AsyncGenerator<DicomStudy> {
    switch (list.by) {
      case 'uids':
        yield* await this.#get(list.uids);
        break;
      case 'patient': {
        const range = { newestFirst: true, atOnce, between: sortKeysOf(list.dates) };
        yield* this.#entries('gsi2', studiesOfPatient(list.patientId), range);
        if (list.alsoUnassigned) yield* this.#entries('gsi2', unassignedStudiesOf(list.patientId), range);
        break;
      }
      case 'unassigned': {
        const between = sortKeysOf(list.dates);
        yield* this.#entries('gsi1', UNASSIGNED_STUDIES, { newestFirst: true, atOnce, between });
        break;
      }
      case 'date': {
        const between = sortKeysOf(list.dates);
        yield* this.#entries('gsi1', STUDIES, { newestFirst: true, atOnce, between });
        break;
      }
      case 'accession':
        yield* this.#entries('gsi1', studiesOfAccession(list.accession), { newestFirst: true, atOnce });
        break;
      case 'modality': {
        const between = sortKeysOf(list.dates);
        yield* this.#entries('gsi1', studiesOfModality(list.modality), {
          newestFirst: true,
          atOnce,
          between,
        });
        break;
      }
      case 'name': {
        const keep = (sortKey: string) => {
          const { name, isCut } = nameIn(sortKey);
          return isCut || list.matches(name);
        };
        yield* this.#entries('gsi1', STUDIES_BY_NAME, {
          between: namesFrom(list.prefix),
          keep,
          atOnce: ENTRIES,
        });
      }
    }
  }

  /** Returns the UIDs of all studies of a patient, or of those without a patient, also of deleted ones. */
  async uidsOf(patientId: string | null): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const pages =
      patientId === null
        ? this.#pages('gsi1', UNASSIGNED_STUDIES, { atOnce: ENTRIES })
        : this.#pages('gsi2', studiesOfPatient(patientId), { atOnce: ENTRIES });
    for await (const page of pages)
      for (const { studyUid } of parseReadable(StudyEntry, page)) found.add(studyUid);
    return found;
  }

  /**
   * Reads a list of small items that refer to studies. Each study is returned once, even if several items refer to it.
   */
  async *#entries(
    index: 'gsi1' | 'gsi2',
    partition: string,
    { keep = () => true, ...range }: Range & { keep?: (key: string) => boolean },
  ) {
    const seen = new Set<string>();
    for await (const page of this.#pages(index, partition, range)) {
      const kept = page.filter((item) => keep(String(item[INDEXES[index].sortKey])));
      const found = parseReadable(StudyEntry, kept).map(({ studyUid }) => studyUid);
      const uids = [...new Set(found)].filter((uid) => !seen.has(uid));
      for (const uid of uids) seen.add(uid);
      for (let i = 0; i < uids.length; i += AT_ONCE) yield* await this.#get(uids.slice(i, i + AT_ONCE));
    }
  }

  async *#pages(index: 'gsi1' | 'gsi2', partition: string, { newestFirst = false, atOnce, between }: Range) {
    const { partitionKey, sortKey } = INDEXES[index];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: index,
          KeyConditionExpression: `${partitionKey} = :partition${between ? ` AND ${sortKey} BETWEEN :first AND :last` : ''}`,
          ExpressionAttributeValues: {
            ':partition': partition,
            ...(between && { ':first': between[0], ':last': between[1] }),
          },
          ScanIndexForward: !newestFirst,
          Limit: atOnce,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      yield Items;
      start = LastEvaluatedKey;
    } while (start);
  }

  /** Reads the studies that exist and are not deleted, in the order of the UIDs. Damaged ones are left out. */
  async #get(uids: readonly string[]): Promise<DicomStudy[]> {
    const items = await getMany(this.#table, [...new Set(uids)].map(studyKey));
    const studies = parseReadable(DicomStudy, items).filter(isShown);
    const found = new Map(studies.map((study) => [study.studyUid, study]));
    return uids.flatMap((uid) => found.get(uid) ?? []);
  }
}

interface Range {
  newestFirst?: boolean;
  atOnce: number;
  between?: readonly [first: string, last: string] | undefined;
}

/** The bounds of sort keys `<date and time>#<study UID>`. The tilde sorts after every character in them. */
const sortKeysOf = (dates: Dates | undefined) => dates && ([dates[0], `${dates[1]}~`] as const);
