import type { Attributes } from '../exams/dicom-json.ts';
import type { InstancePath } from '../exams/dicomweb.ts';

/** One picture of a series: a frame of an instance. */
export interface Frame {
  /** By which Cornerstone knows it. */
  imageId: string;
  path: InstancePath;
  /** All that is known of the instance but its bulk data. */
  attributes: Attributes;
  /** Counted from 1. */
  number: number;
  /** How many the instance has. */
  of: number;
}
