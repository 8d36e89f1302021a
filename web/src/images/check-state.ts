import type { Image } from '../api/types.ts';

/** What happens to an image that is neither ready nor refused. */
const CHECKS: Partial<Record<Image['status'], string>> = {
  pending: 'Waiting for the file, or checking it …',
  scanning: 'Searching the file for malware …',
};

/** What happens to the image before it can be shown; undefined if that is over. */
export const checkOf = ({ status }: Pick<Image, 'status'>): string | undefined => CHECKS[status];
