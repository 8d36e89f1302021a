import { createHash } from 'node:crypto';
import type { Operation } from '../../api/operation.ts';
import { DomainError } from '../../domain/errors.ts';

type Tagged = Operation & { entityTag: NonNullable<Operation['entityTag']> };

/** The strong entity tag of a resource (RFC 9110, 8.8.1): a hash of its representation, so that every change changes it. */
export function entityTagOf({ ignores = [] }: Tagged['entityTag'], representation: object): string {
  const fields = Object.entries(representation).filter(([name]) => !ignores.includes(name));
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
  return `"${hash.slice(0, 22)}"`;
}

/**
 * Makes a change on the condition in `If-Match` (RFC 9110, 13.1.1): `*`, or one of the entity tags is the resource's.
 * Weak tags never match. Without the header, there is no condition.
 *
 * @param current the representation of the resource as it was read
 * @param change makes the change; if `asRead`, only if the resource is as it was read. Returns undefined if it made none.
 * @throws DomainError PRECONDITION_FAILED
 */
export async function changeIfMatch<T>(
  { entityTag }: Tagged,
  headers: Readonly<Record<string, string | undefined>>,
  current: object,
  change: (options: { asRead: boolean }) => Promise<T | undefined>,
): Promise<T | undefined> {
  const condition = headers['if-match'];
  if (condition === undefined || condition.trim() === '*') return change({ asRead: false });
  // The characters of a tag (RFC 9110, 8.8.3), which may be a comma.
  const tags: readonly string[] = condition.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  if (!tags.includes(entityTagOf(entityTag, current))) throw failed();
  return (await change({ asRead: true })) ?? Promise.reject(failed());
}

const failed = () =>
  new DomainError('PRECONDITION_FAILED', 'It was changed since it was read.', {
    details: ['If-Match names none of its current entity tags; read it again'],
  });
