import * as z from 'zod';
import { BatchImage } from './batch-image.ts';
import { Category } from './category.ts';
import { DomainError } from './errors.ts';
import { Caption, FileName } from './image.ts';

/** What is said of one file among many. */
export const FileDetails = z.strictObject({
  category: Category.default('other'),
  caption: Caption.default(''),
});

/** What became of one file among many. */
export const UploadResult = z.discriminatedUnion('status', [
  z.strictObject({ name: FileName, status: z.literal('created'), image: BatchImage }),
  z.strictObject({
    name: FileName,
    status: z.literal('refused'),
    reasons: z.array(z.string()).describe('For people: what is wrong with this file.'),
  }),
]);
export type UploadResult = z.infer<typeof UploadResult>;

/**
 * Whether all of the files went in.
 *
 * @throws DomainError BAD_REQUEST where none did, with the reasons
 */
export function allCreated(results: readonly UploadResult[]): boolean {
  const refused = results.filter((result) => result.status === 'refused');
  if (refused.length === results.length) {
    throw new DomainError('BAD_REQUEST', 'None of the files can be taken.', {
      details: refused.flatMap(({ name, reasons }) => reasons.map((reason) => `${name}: ${reason}`)),
    });
  }
  return refused.length === 0;
}
