// The fixed limits. Those that a clinic can configure are in `limits.ts`.

/** Images that one request may change. */
export const IMAGES_PER_CHANGE = 100;

/** DICOM uploads whose status one request may query. */
export const UPLOADS_PER_STATUS_REQUEST = 100;
