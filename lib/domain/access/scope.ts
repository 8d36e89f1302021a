import * as z from 'zod';
import { RecordType } from '../records/record-type.ts';

const types = [...RecordType.options, '*'] as const;

/** A permission of an API key: to read or write the images of one record type, or (`*`) of every type. */
export const Scope = z
  .enum(types.flatMap((type) => [`${type}:read`, `${type}:write`] as const))
  .meta({ examples: ['prescription:read'] });
export type Scope = z.infer<typeof Scope>;

/** Whether one of the scopes allows this access to the images of this record type. */
export const hasScope = (scopes: readonly Scope[], type: RecordType, access: 'read' | 'write'): boolean =>
  scopes.includes(`${type}:${access}`) || scopes.includes(`*:${access}`);
