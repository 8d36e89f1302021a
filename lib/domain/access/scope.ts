import * as z from 'zod';
import { RecordType } from '../records/record-type.ts';

const types = [...RecordType.options, '*'] as const;

/** What an API key opens: reading or writing the images of one kind of record, or (`*`) of every kind. */
export const Scope = z
  .enum(types.flatMap((type) => [`${type}:read`, `${type}:write`] as const))
  .meta({ examples: ['prescription:read'] });
export type Scope = z.infer<typeof Scope>;

/** Whether one of the scopes opens the images of this kind of record. */
export const opens = (scopes: readonly Scope[], type: RecordType, access: 'read' | 'write'): boolean =>
  scopes.includes(`${type}:${access}`) || scopes.includes(`*:${access}`);
