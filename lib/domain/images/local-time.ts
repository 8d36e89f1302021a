/**
 * The time at which an image was captured, by the camera's clock. The clock is what the file has: most cameras do not
 * know their offset, so that the instant is unknown but the day is not.
 */
export interface CaptureTime {
  /** `2025-11-06T23:30:00`, with milliseconds (`.250`) if they are known. Texts of both forms sort by time. */
  capturedLocal: string;
  /** `+02:00`; of UTC it is `+00:00`. Undefined if unknown. */
  captureOffset?: string | undefined;
}

/** Separates an ISO 8601 time, with or without an offset, into its local time and its offset. */
export function captureTimeOf(iso: string): CaptureTime {
  const [, minute = '', second = '00', fraction, zone] =
    /^(.{16})(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?$/.exec(iso) ?? [];
  return {
    capturedLocal: `${minute}:${second}${fraction ? `.${fraction.slice(0, 3).padEnd(3, '0')}` : ''}`,
    captureOffset: zone === 'Z' ? '+00:00' : zone,
  };
}

/**
 * Formats the capture time as a timestamp (RFC 3339), which always needs an offset: `Z` if it is UTC or unknown.
 * `captureOffset` is what distinguishes the two. Null if the image has no capture time.
 */
export const capturedAtOf = ({ capturedLocal, captureOffset = '+00:00' }: Partial<CaptureTime>) =>
  capturedLocal === undefined ? null : capturedLocal + (captureOffset === '+00:00' ? 'Z' : captureOffset);

/** Returns the local time of an instant in a time zone (IANA). */
export const localTimeIn = (timeZone: string, instant: Date): string =>
  // The Swedish format is ISO 8601 with a space instead of the T.
  instant.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');

/** The times of an image, as it is stored or as the API returns it. */
export interface ImageTimes {
  /** The day that a person entered. */
  dateTaken?: string | null | undefined;
  capturedLocal?: string | null | undefined;
  /** In the clinic's time zone. */
  uploadedLocal: string;
}

/**
 * The local time by which an image is displayed and sorted: that of its capture, else that of its upload in the clinic's
 * time zone. It is the same for every viewer, because no time zone of a server or a browser has a part in it.
 */
export const shownTimeOf = ({ capturedLocal, uploadedLocal }: ImageTimes): string =>
  capturedLocal ?? uploadedLocal;

/** The day of an image: the one that a person entered, else that of the shown time. */
export const dayOf = (image: ImageTimes): string => image.dateTaken ?? shownTimeOf(image).slice(0, 10);

/** Says whether the shown time and day are those of the capture or of the upload. */
export const shownEventOf = ({ dateTaken, capturedLocal }: ImageTimes): 'captured' | 'uploaded' =>
  (dateTaken ?? capturedLocal) ? 'captured' : 'uploaded';
