import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Day, PatientId, Text, Timestamp } from '../identifiers.ts';
import { birthDatesIn } from './birth-dates.ts';
import { searchName } from './search-name.ts';

/** Longest component group (PS3.5 table 6.2-1, PN), in characters. */
const GROUP_CHARACTERS = 64;

/** Without spaces around the components, and without empty components at the end, as DICOM allows to leave them out. */
function withoutPadding(group: string): string {
  const components = group.split('^').map((component) => component.trim());
  return components.slice(0, components.findLastIndex((component) => component !== '') + 1).join('^');
}

/**
 * A component group of a person name (PS3.5 6.2.1): family name, given name, middle name, prefix and suffix, between
 * carets. `=` separates groups, and a backslash separates values, so that neither can be part of one.
 */
const ComponentGroup = Text.max(GROUP_CHARACTERS, { abort: true })
  .regex(/^[^\p{Cc}\\=^]*(?:\^[^\p{Cc}\\=^]*){0,4}$/u, {
    error: 'must be at most 5 components between ^, without = and backslash',
  })
  .regex(/[^\s^]/u, { error: 'must have at least one component' })
  .overwrite(withoutPadding);

/** The name of a patient in up to three scripts (PS3.5 6.2.1). */
export const PatientName = z
  .object({
    alphabetic: ComponentGroup.optional().meta({ examples: ['Yamada^Tarou'] }),
    ideographic: ComponentGroup.optional().meta({ examples: ['山田^太郎'] }),
    phonetic: ComponentGroup.optional().meta({ examples: ['やまだ^たろう'] }),
  })
  .describe('Family^given^middle^prefix^suffix in each group (DICOM PS3.5 6.2.1).');
export type PatientName = z.infer<typeof PatientName>;

/** Patient's Sex (0010,0040): male, female, other (PS3.3 C.7.1.1). */
export const PatientSex = z.enum(['M', 'F', 'O']).meta({ examples: ['M'] });

/** Former numbers of one patient. A longer list is probably a mistake. */
const FORMER_NUMBERS = 20;

/** What a person writes into the directory about a patient. It replaces all that was there. */
export const PatientDetails = z.strictObject({
  name: z.strictObject(PatientName.shape).describe(PatientName.description ?? ''),
  birthDate: Day.nullable()
    .default(null)
    .meta({ examples: ['1970-03-21'] }),
  sex: PatientSex.nullable().default(null).describe('As DICOM (0010,0040): M, F or O (other).'),
  formerNumbers: z
    .array(PatientId)
    .max(FORMER_NUMBERS)
    .refine((numbers) => new Set(numbers).size === numbers.length, { error: 'must not have a number twice' })
    .default([])
    .describe('Such as those before a merge. They give nobody access.')
    .meta({ examples: [['P-0815']] }),
});
export type PatientDetails = z.infer<typeof PatientDetails>;

/** Who wrote an entry of the directory: DICOM files, or a person, whose entry no file changes. */
export const PatientSource = z.enum(['dicom', 'person']).meta({ examples: ['person'] });

/** An entry of the directory of patients. */
export const Patient = z.object({
  patientId: PatientId,
  ...PatientDetails.shape,
  // Stored: a later release may have added to it.
  name: PatientName,
  updatedAt: Timestamp,
  source: PatientSource,
  /** The number of its changes, by which a write finds out that it was changed since it was read. */
  version: z.int(),
});
export type Patient = z.infer<typeof Patient>;

/**
 * Returns the entry with what a person wrote, in place of all that was there.
 *
 * @throws DomainError BAD_REQUEST if the patient's own number is among the former ones
 */
export function patientFromPerson(
  known: Patient | undefined,
  patientId: string,
  details: PatientDetails,
  now: Date,
): Patient {
  if (details.formerNumbers.includes(patientId)) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: [`formerNumbers must be other numbers than the patient's own; received ${patientId}`],
    });
  }
  const version = (known?.version ?? 0) + 1;
  return { patientId, ...details, updatedAt: now.toISOString(), source: 'person', version };
}

/** Family, given and middle name: people are not looked for by title (PS3.5 6.2.1.1: prefix and suffix follow). */
const SEARCHED_COMPONENTS = 3;

/**
 * The normalized texts by whose beginnings a patient is found: the components of the names, the number, and the birth date
 * (`1970-03-21`).
 */
export function patientTerms({
  patientId,
  name,
  birthDate,
}: Pick<Patient, 'patientId' | 'name' | 'birthDate'>): string[] {
  const components = groupsOf(name).flatMap((group) => group.split('^').slice(0, SEARCHED_COMPONENTS));
  const terms = [...components, patientId, birthDate ?? ''].map(searchTerm).filter((term) => term !== '');
  return [...new Set(terms)];
}

/** The most words of a search that count. */
const WORDS = 8;

/**
 * The words of a search, normalized; a date in any usual format is the beginning of a birth date. Without words, all patients are
 * meant.
 */
export const searchWords = (text: string, now: Date): string[] =>
  text
    .split(/[\s,^]+/)
    .map((word) => searchTerm(birthDatesIn(word, now)[0] ?? word))
    .filter((word) => word !== '')
    .slice(0, WORDS);

/** Whether each of the words begins a word of the patient's name, the number or the birth date. */
export function hasWords(
  patient: Pick<Patient, 'patientId' | 'name' | 'birthDate'>,
  words: readonly string[],
) {
  const own = patientTerms(patient).flatMap((term) => [term, ...term.split(/[\s,]+/)]);
  return words.every((word) => own.some((each) => each.startsWith(word)));
}

/** Normalizes the text of a search, and the names that it is compared with. */
export const searchTerm = (text: string): string => searchName(text).trim();

/** The name by which patients are listed in order; empty for a patient without a name. */
export const listedName = ({ name }: Pick<Patient, 'name'>): string =>
  searchTerm((groupsOf(name)[0] ?? '').replaceAll('^', ' '));

const groupsOf = ({ alphabetic, ideographic, phonetic }: PatientName): string[] =>
  [alphabetic, ideographic, phonetic].filter((group) => group !== undefined);

/** Parses a component group of a DICOM file. One that is too long is cut; one that breaks the standard otherwise is left out. */
export const componentGroup = (text: string): string | undefined =>
  ComponentGroup.safeParse([...text].slice(0, GROUP_CHARACTERS).join('')).data;
