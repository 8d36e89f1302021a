import * as z from 'zod';
import { LegalHold } from '../../domain/legal-hold.ts';

/** A resource under a legal hold. */
export const HeldResource = z.strictObject({
  id: z.string(),
  legal_hold: z.strictObject(LegalHold.shape),
});
