/** Why an upload has no result, as people read it: of images and of DICOM files alike. */
export const NOT_CHECKED = 'The file could not be checked. It is kept, and the clinic was told.';
export const NOT_SCANNED = 'The file could not be scanned for malware. It is kept, and the clinic was told.';
export const NEVER_ARRIVED = 'The upload was never completed.';
