/**
 * Returns the type and subtype of a media type, in lower case and without parameters: `IMAGE/JPEG; charset=binary`
 * gives image/jpeg (RFC 9110, 8.3.1).
 */
export const mediaTypeOf = (text: string): string => (text.split(';', 1)[0] ?? '').trim().toLowerCase();
