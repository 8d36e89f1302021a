import type { Attributes } from '../exams/dicom-json.ts';
import type { InstancePath } from '../exams/dicomweb.ts';

/** A frame of an instance. */
export interface Frame {
  /** Its image id in Cornerstone. */
  imageId: string;
  path: InstancePath;
  modality: string;
  /** The metadata of the instance, without bulk data. */
  attributes: Attributes;
  /** Whether these are all of them; otherwise those that the search answers with. */
  isComplete: boolean;
  /** The frame number, from 1. */
  number: number;
  /** The number of frames of the instance. */
  of: number;
}
