/**
 * Returns the normal form of a patient number: without surrounding spaces, in capital letters. Leading zeros count:
 * `007` is not `7`.
 *
 * People and devices write the same number as `P-1001` and `p-1001`, and DICOM pads values with spaces (PS3.5 6.2, LO). Only
 * normal forms are compared and stored. Not in `identifiers.ts`, because the page uses it, too, and has no zod.
 */
export const normalizePatientId = (text: string): string => text.trim().toUpperCase();
