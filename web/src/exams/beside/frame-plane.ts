import { type AttributeReader, groupsOfFrame } from '../../../../lib/media/dicom/parse/attribute-reader.ts';
import type { Frame } from '../../dicom-viewer/frame.ts';
import { JsonReader } from '../../dicom-viewer/json-reader.ts';

export type Vector = readonly [x: number, y: number, z: number];

/** Where the plane of a frame lies in the patient (PS3.3 C.7.6.2), in millimetres. */
export interface Plane {
  position: Vector;
  /** Of length 1. */
  normal: Vector;
  /** Planes of one frame of reference have the same origin; undefined if the file names none. */
  frameOfReference: string | undefined;
}

/** The plane of a frame; undefined if the metadata do not say, or are not loaded. */
export function planeOf({ attributes, number }: Pick<Frame, 'attributes' | 'number'>): Plane | undefined {
  // None of these values is ever bulk data.
  const image = new JsonReader(attributes, () => Promise.reject(new Error('There is no bulk data.')));
  const [x, y, z] = numbersOf(image, number - 1, '00209113', '00200032');
  const normal = normalOf(numbersOf(image, number - 1, '00209116', '00200037'));
  if (x === undefined || y === undefined || z === undefined || !normal) return undefined;
  return { position: [x, y, z], normal, frameOfReference: image.text('00200052') };
}

/** The numbers of a frame's functional group, or of the image. */
function numbersOf(image: AttributeReader, frame: number, group: string, tag: string): readonly number[] {
  const all = groupsOfFrame(image, frame, group).map((each) => each.numbers(tag));
  return all.find((numbers) => numbers.length > 0) ?? [];
}

/** The normal of the plane of a row and a column. */
function normalOf(orientation: readonly number[]): Vector | undefined {
  if (orientation.length !== 6) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const cross: Vector = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...cross);
  if (length === 0) return undefined;
  return [cross[0] / length, cross[1] / length, cross[2] / length];
}
