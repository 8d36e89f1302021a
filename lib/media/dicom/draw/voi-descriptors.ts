import type { DataSet } from '../parse/data-set.ts';
import { numberValue } from '../parse/number-values.ts';
import { textValue } from '../parse/text-values.ts';
import { isProjectionImage } from './projection-image.ts';

const VOI_LUT_SEQUENCE = '00283010';
const LUT_DESCRIPTOR = '00283002';

/**
 * Sets the sign of VOI LUT descriptors. A VOI LUT maps the output of the modality transform, so that this output, and not the
 * pixels, decides whether the first value mapped may be negative (PS3.3 C.11.2.1.1). Implicit VRs do not say it, and explicit
 * VRs are often wrong.
 */
export function settleVoiDescriptors(dataSet: DataSet): void {
  settle(dataSet, dataSet);
}

function settle(set: DataSet, root: DataSet): void {
  for (const { tag, items } of set.elements.values()) {
    for (const item of items ?? []) {
      const descriptor = tag === VOI_LUT_SEQUENCE ? item.elements.get(LUT_DESCRIPTOR) : undefined;
      if (descriptor) descriptor.vr = isOutputSigned(item, root) ? 'SS' : 'US';
      settle(item, root);
    }
  }
}

/** Whether the modality transform of an item can give negative values. */
function isOutputSigned(item: DataSet, root: DataSet): boolean {
  const isSigned = numberValue(root, '00280103') === 1;
  if (isProjectionImage(textValue(root, '00080016'))) return isSigned;
  for (let set: DataSet | undefined = item.parent; set; set = set.parent) {
    // The entries of a Modality LUT are unsigned (C.11.1.1).
    if (set.elements.get('00283000')?.items?.length) return false;
    const group =
      pixelValueTransformation(set) ?? (set === root ? sharedTransformation(root) : undefined) ?? set;
    const slope = numberValue(group, '00281053');
    const intercept = numberValue(group, '00281052');
    if (slope !== undefined || intercept !== undefined)
      return lowest(root, isSigned, slope || 1, intercept ?? 0) < 0;
  }
  return isSigned;
}

const pixelValueTransformation = (set: DataSet) => set.elements.get('00289145')?.items?.[0];

function sharedTransformation(root: DataSet): DataSet | undefined {
  const shared = root.elements.get('52009229')?.items?.[0];
  return shared && pixelValueTransformation(shared);
}

function lowest(root: DataSet, isSigned: boolean, slope: number, intercept: number): number {
  const bits = numberValue(root, '00280101') ?? numberValue(root, '00280100') ?? 16;
  const [min, max] = isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return Math.min(min * slope, max * slope) + intercept;
}
