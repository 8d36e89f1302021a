import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { hasWords, Patient, patientTerms } from '../domain/patients/patient.ts';
import { getMany } from './dynamodb/batch-requests.ts';
import { type Page, type PageRequest, queryPage } from './dynamodb/page.ts';
import { parseItem, parseReadable, type Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import {
  directoryKey,
  directoryListKey,
  directoryTermKey,
  directoryTermListKey,
  PATIENTS_BY_NAME,
  PATIENTS_BY_TERM,
  patientAmountKey,
  termsFrom,
} from './keys.ts';
import { StoredFiles } from './stored-amounts.ts';

/** Attempts to change an entry. Each fails only if another request changed the same patient meanwhile. */
const ATTEMPTS = 10;

/** An index item: a copy of the entry, so that a search is one Query, and the term under which it is found. */
export const PatientTerm = Patient.extend({ term: z.string(), place: z.int() });
type PatientTerm = z.infer<typeof PatientTerm>;

/**
 * The directory of patients in the table.
 *
 * A partition of an index takes 1,000 writes and gives 3,000 reads (of 4 KB, twice as many that may be outdated) in a second
 * (DynamoDB Developer Guide, "Best practices for designing and using partition keys effectively"). A new patient writes at
 * most 11 index items into one partition, each below 1 KB with usual names: a hundred new patients in a second, where a
 * clinic has as many in a day. So the index has one partition and is sorted as a whole.
 */
export class Patients {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(patientId: string): Promise<Patient | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = directoryKey(patientId);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(Patient, Item);
  }

  /** Returns the entry, and the number of files that are stored of the patient: pending and restorable ones, too. */
  async getWithFiles(patientId: string): Promise<{ patient: Patient | undefined; files: number }> {
    const [entryKey, amountKey] = [directoryKey(patientId), patientAmountKey(patientId)];
    const items = await getMany(this.#table, [entryKey, amountKey]);
    const [entry, amount] = [entryKey, amountKey].map(({ sk }) => items.find((item) => item.sk === sk));
    return {
      patient: entry && parseItem(Patient, entry),
      files: amount ? parseItem(StoredFiles, amount).files : 0,
    };
  }

  /** Returns the entries of these patients, as far as there are some, by their numbers. */
  async getMany(patientIds: readonly string[]): Promise<ReadonlyMap<string, Patient>> {
    const items = await getMany(this.#table, [...new Set(patientIds)].map(directoryKey));
    return new Map(parseReadable(Patient, items).map((patient) => [patient.patientId, patient]));
  }

  /**
   * Replaces the entry and its index items in one transaction.
   *
   * @param next makes the new entry of the known one, or undefined to leave it. It is called again if another request
   *   changed the entry meanwhile.
   * @param read the entries that were just read, with this patient's if there is one
   * @returns the new entry; undefined if the known one was left
   */
  async change<Next extends Patient | undefined>(
    patientId: string,
    next: (known: Patient | undefined) => Next,
    read?: ReadonlyMap<string, Patient>,
  ): Promise<Next> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const known = attempt === 1 && read ? read.get(patientId) : await this.get(patientId);
      const changed = next(known);
      if (!changed) return changed;
      const failed = await transact(this.#table, writesOf(changed, known));
      if (failed.size === 0) return changed;
    }
    throw new Error('a patient’s entry in the directory kept changing');
  }

  /** Lists one page of all patients by name, those without a name first. */
  listAll(page: PageRequest): Promise<Page<Patient>> {
    return queryPage(
      this.#table,
      {
        partition: PATIENTS_BY_NAME,
        schema: Patient,
        keyOf: directoryKey,
        idOf: ({ patientId }) => patientId,
      },
      page,
    );
  }

  /**
   * Lists one page of the patients of whom a component of the name, the number or the birth date begins with the first word, and
   * any of them with each other word: by that component, then by name. Each patient comes once, although several components may
   * begin alike: under the first of them, which each index item tells by itself, so that it holds across pages.
   *
   * @param words as `searchWords` returns them, at least one
   */
  search([prefix = '', ...others]: readonly string[], page: PageRequest): Promise<Page<Patient>> {
    const isFound = (found: PatientTerm) =>
      patientTerms(found).find((term) => term.startsWith(prefix)) === found.term && hasWords(found, others);
    return queryPage<PatientTerm>(
      this.#table,
      {
        partition: PATIENTS_BY_TERM,
        between: termsFrom(prefix),
        schema: PatientTerm,
        idOf: ({ place, patientId }) => `${place}#${patientId}`,
        keyOf: termKeyOf,
        keep: isFound,
        // Of those with one word most are kept.
        ...(others.length === 0 && { readAtOnce: page.limit + 1 }),
      },
      page,
    );
  }
}

/** The key of an index item in a cursor. A patient number has no `#`. */
function termKeyOf(id: string) {
  const [place, patientId = ''] = id.split('#');
  return directoryTermKey(patientId, Number(place));
}

function writesOf(patient: Patient, known: Patient | undefined) {
  const { patientId } = patient;
  const terms = patientTerms(patient);
  const outdated = (known ? patientTerms(known) : []).slice(terms.length);
  return [
    {
      Put: {
        Item: { ...patient, ...directoryKey(patientId), ...directoryListKey(patient) },
        ...(known
          ? {
              ConditionExpression: '#version = :known',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':known': known.version },
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      },
    },
    ...terms.map((term, place) => ({
      Put: {
        Item: {
          ...patient,
          term,
          place,
          ...directoryTermKey(patientId, place),
          ...directoryTermListKey(patient, term),
        },
      },
    })),
    ...outdated.map((_term, index) => ({
      Delete: { Key: directoryTermKey(patientId, terms.length + index) },
    })),
  ];
}
