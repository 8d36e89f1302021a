import { createHash } from 'node:crypto';

/** A UUID derived from the user name, so that users keep their data. */
export function subjectOf(user: string): string {
  const hex = createHash('sha256').update(`negatoscope demo ${user}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
