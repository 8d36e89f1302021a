import type { Image } from '../api/types.ts';
import type { Person } from '../session/person.ts';

/** Whether the button is shown. Only the service decides. */
export const mayEdit = ({ role }: Person, { status, source }: Image): boolean =>
  status === 'ready' && (role !== 'patient' || source === 'patient');
