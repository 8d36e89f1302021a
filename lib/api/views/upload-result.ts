import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { Category } from '../../domain/images/category.ts';
import { Caption, FileName } from '../../domain/images/image.ts';
import { BatchImage } from './batch-image.ts';

/** The error of one file of a request. */
export const FileDetails = z.strictObject({
  category: Category.default('other'),
  caption: Caption.default(''),
});

/** The result for one file of a request. */
export const UploadResult = z.discriminatedUnion('status', [
  z.strictObject({ name: FileName, status: z.literal('created'), image: BatchImage }),
  z.strictObject({
    name: FileName,
    status: z.literal('refused'),
    reasons: z.array(z.string()).describe('For people: what is wrong with this file.'),
  }),
  z.strictObject({
    name: z.string(),
    status: z.literal('failed').describe('Our fault: the same file may be sent again.'),
  }),
]);
export type UploadResult = z.infer<typeof UploadResult>;

/** Changes the results of files that were valid but could not be stored. */
export const withFailed = (results: readonly UploadResult[], failed: ReadonlySet<string>): UploadResult[] =>
  results.map((each) =>
    each.status === 'created' && failed.has(each.image.id) ? { name: each.name, status: 'failed' } : each,
  );

/**
 * Whether all files were accepted.
 *
 * @throws DomainError BAD_REQUEST with the reasons if none was accepted
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
