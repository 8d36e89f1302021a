import * as z from 'zod';
import type { Caller } from './caller.ts';

/**
 * Who sent a file: the clinic and its systems, or a patient. A patient's file proves nothing about the clinic's
 * records.
 */
export const Source = z
  .enum(['clinic', 'patient'])
  .meta({ examples: ['clinic'] })
  .describe('Who sent it: the clinic and its systems, or a patient.');
export type Source = z.infer<typeof Source>;

export const sourceOf = ({ role }: Pick<Caller, 'role'>): Source =>
  role === 'patient' ? 'patient' : 'clinic';

/** Marks responses about files that a patient sent. Files that the clinic sent have no mark. */
export const PatientMark = z
  .literal('patient')
  .optional()
  .describe('Whether a patient sent it: what their files say proves nothing of the clinic’s records.');

export const markOf = (source: Source | undefined): { source?: 'patient' } =>
  source === 'patient' ? { source } : {};
