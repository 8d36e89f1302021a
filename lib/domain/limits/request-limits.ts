// The limits that are the same in every clinic; those that can be set are in `limits.ts`.

/** Images that one request changes. */
export const IMAGES_PER_CHANGE = 100;

/** DICOM uploads that one request asks for. */
export const UPLOADS_PER_STATUS_REQUEST = 100;
