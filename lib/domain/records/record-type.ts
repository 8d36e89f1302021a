import * as z from 'zod';

/** The kinds of record that an image can be linked to. */
export const RecordType = z.enum([
  'patient',
  'user',
  'item',
  'pos_event',
  'compound_batch',
  'delivery',
  'prescription',
]);
export type RecordType = z.infer<typeof RecordType>;
