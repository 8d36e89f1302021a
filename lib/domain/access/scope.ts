import * as z from 'zod';
import { RecordType } from '../records/record-type.ts';

const types = [...RecordType.options, '*'] as const;
const accesses = ['read', 'write'] as const;
type RecordScope<Access extends (typeof accesses)[number]> = `${(typeof types)[number]}:${Access}`;

/** The scopes for the images of one record type, or (`*`) of every type. */
export const recordScopes = <const Access extends (typeof accesses)[number]>(access: Access) =>
  types.map((type): RecordScope<Access> => `${type}:${access}`);

/**
 * The scopes for what belongs to patients, whoever they are. `*` does not contain them: a key that was made for records must not
 * open more than it did.
 */
const patientScopes = ['batches:read', 'batches:write', 'dicom:read', 'dicom:store'] as const;

/** A permission of an API key. */
export const Scope = z
  .enum([
    ...types.flatMap((type) => accesses.map((access) => `${type}:${access}` as const)),
    ...patientScopes,
  ])
  .meta({ examples: ['prescription:read'] });
export type Scope = z.infer<typeof Scope>;

/** Whether one of the scopes allows this access to the images of this record type. */
export const hasScope = (scopes: readonly Scope[], type: RecordType, access: 'read' | 'write'): boolean =>
  scopes.includes(`${type}:${access}`) || scopes.includes(`*:${access}`);

/** Whether one of the scopes is for what belongs to patients, whoever they are. */
export const opensEveryPatient = (scopes: readonly Scope[]): boolean =>
  patientScopes.some((scope) => scopes.includes(scope));
