import type { Clinic } from '../domain/clinic.ts';
import type { Limits } from '../domain/limits/limits.ts';

/** The configuration that the web page and the command line read before sign-in. It contains no secrets. */
export interface PageConfig
  extends Pick<Limits, 'imageBytes' | 'dicomBytes' | 'filesPerRequest' | 'acceptHeic'> {
  issuer: string;
  clientId: string;
  scope: string;
  /** What the issuer asks at each sign-in (OpenID Connect Core, 3.1.2.1). */
  prompt: string;
  /** The clinic's name, its categories, and its logo as a data URL. */
  clinic: Clinic;
  /** The clinic's time zone (IANA). */
  timeZone: string;
  /** The address of the clinic's OHIF, if it has one. */
  ohifUrl?: string;
  /** Whether it is a local stack, which is there to be tried out. */
  onLaptop: boolean;
}
