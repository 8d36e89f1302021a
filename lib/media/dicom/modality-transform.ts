import { isOfBeam } from './beam-images.ts';
import type { DataSet } from './data-set.ts';
import { groupsOfFrame } from './functional-groups.ts';
import { lookUp, lookupTable } from './lookup-table.ts';
import { numberValue } from './number-values.ts';
import { textValue } from './text-values.ts';

/** From the stored value to what the modality measured (PS3.3 C.11.1): Hounsfield units, for example. */
export function modalityTransform(dataSet: DataSet, frame: number): (stored: number) => number {
  if (isOfBeam(textValue(dataSet, '00080016'))) return (stored) => stored;
  const item = dataSet.elements.get('00283000')?.items?.[0];
  const table = item && lookupTable(item, '00283002', '00283006');
  if (table) return (stored) => lookUp(table, stored);
  // Pixel Value Transformation (C.7.6.16.2.9), else the image's own.
  for (const group of groupsOfFrame(dataSet, frame, '00289145')) {
    const slope = numberValue(group, '00281053');
    const intercept = numberValue(group, '00281052');
    // A slope of 0 would make every pixel the same: nobody means that.
    if (slope !== undefined || intercept !== undefined)
      return (stored) => stored * (slope || 1) + (intercept ?? 0);
  }
  return (stored) => stored;
}
