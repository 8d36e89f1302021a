import type { Limits } from '../domain/limits/limits.ts';

/** The configuration that the web page and the command line read before sign-in. It contains no secrets. */
export interface PageConfig
  extends Pick<Limits, 'imageBytes' | 'dicomBytes' | 'filesPerRequest' | 'acceptHeic'> {
  issuer: string;
  clientId: string;
  scope: string;
  /** The clinic's time zone (IANA). */
  timeZone: string;
  /** Whether it is a local stack, which is there to be tried out. */
  onLaptop: boolean;
}
