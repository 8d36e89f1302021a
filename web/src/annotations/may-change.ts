import type { Annotation } from '../api/types.ts';
import type { Person } from '../session/person.ts';

/** Whether what changes an annotation is shown. Only the service decides. */
export const mayChange = ({ role, subject }: Person, { author }: Annotation): boolean =>
  role !== 'patient' && (role === 'admin' || subject === author.subject);
