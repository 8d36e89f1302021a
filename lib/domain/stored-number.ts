import * as z from 'zod';

/** The smallest magnitude of a number in DynamoDB (developer guide, "Data types", "Number"). */
const SMALLEST = 1e-130;

/** A number that the tables can hold: JSON has smaller ones, and larger ones, which the SDK refuses to write. */
export const StoredNumber = z
  .number()
  .min(-Number.MAX_SAFE_INTEGER)
  .max(Number.MAX_SAFE_INTEGER)
  .refine((value) => value === 0 || Math.abs(value) >= SMALLEST, {
    error: `must be 0, or at least ${SMALLEST} without its sign`,
  });
