import { Text } from './identifiers.ts';

/** Why a person does something that others may ask about later. It is kept in the audit log. */
export const Reason = Text.trim()
  .min(1)
  .max(500)
  .meta({ examples: ['Sent under the number of another patient'] });
