import * as z from 'zod';
import { EXAMPLE_ID } from '../../domain/identifiers.ts';
import { LegalHold } from '../../domain/legal-hold.ts';

/** A resource under a legal hold. */
export const HeldResource = z.strictObject({
  id: z.string().meta({ examples: [EXAMPLE_ID] }),
  legal_hold: z.strictObject(LegalHold.shape),
});
