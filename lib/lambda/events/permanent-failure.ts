import * as z from 'zod';
import { DamagedItem } from '../../data/dynamodb/table.ts';

/** A failure for which a retry is useless: its message is moved to the dead-letter queue at once. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure';
}

/** What parsing throws: the item stays as it is, however often it is read. */
const UNREADABLE = [z.ZodError, DamagedItem];

/** Whether a retry is useless. */
export const isPermanent = (error: unknown): boolean =>
  error instanceof PermanentFailure || UNREADABLE.some((type) => error instanceof type);
