import type { Limits } from '../domain/limits/limits.ts';

/** What the web page is told of its service before anybody has signed in; nothing of it is secret. */
export interface PageConfig extends Pick<Limits, 'imageBytes' | 'filesPerRequest'> {
  issuer: string;
  clientId: string;
  scope: string;
  /** The clinic's (IANA). */
  timeZone: string;
  /** Whether it is a local stack, which is there to be tried out. */
  onLaptop: boolean;
}
