import { RejectedImage } from '../rejected-image.ts';

/** A DICOM file that may be whole and worth keeping, but has nothing that can be shown, or not by us. */
export class UnsupportedPixelData extends RejectedImage {}
