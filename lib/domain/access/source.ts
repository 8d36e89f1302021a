import * as z from 'zod';
import type { Caller } from './caller.ts';

/** Who sent something: the clinic and its systems, or a patient, whose word proves nothing of the clinic's records. */
export const Source = z
  .enum(['clinic', 'patient'])
  .meta({ examples: ['clinic'] })
  .describe('Who sent it: the clinic and its systems, or a patient.');
export type Source = z.infer<typeof Source>;

export const sourceOf = ({ role }: Pick<Caller, 'role'>): Source =>
  role === 'patient' ? 'patient' : 'clinic';
