import { mapInOrder } from '../../../../lib/domain/in-order.ts';
import type { PixelSpacing } from '../../../../lib/media/dicom/parse/pixel-aspect.ts';
import { readerOf } from '../../dicom-viewer/load-frame.ts';
import type { Attributes } from '../../exams/dicom-json.ts';
import { type InstancePath, instancePath, readDataSets } from '../../exams/dicomweb.ts';
import { spacingBelow } from '../measures.ts';
import type { DrawnAnnotation } from './report-contents.ts';

/** Instances whose metadata are read at once. */
const AT_ONCE = 4;

/** The metadata of annotated instances, by their UIDs. */
export type ReportImages = ReadonlyMap<string, Attributes>;

/** Reads the metadata of the annotated instances of a study. */
export async function readImages(
  study: string,
  drawn: readonly DrawnAnnotation[],
  signal: AbortSignal,
): Promise<ReportImages> {
  const paths = new Map(drawn.map(({ series, instance }) => [instance, { study, series, instance }]));
  const found = new Map<string, Attributes>();
  const read = async (path: InstancePath) => {
    const [attributes] = await readDataSets(`${instancePath(path)}/metadata`, signal);
    if (attributes) found.set(path.instance, attributes);
  };
  for await (const _read of mapInOrder(paths.values(), AT_ONCE, read));
  return found;
}

/** The size of the pixels below an annotation, if the file tells it. */
export function spacingOf(
  { instance, frame, shape }: DrawnAnnotation,
  images: ReportImages,
): PixelSpacing | undefined {
  const attributes = images.get(instance);
  return attributes && spacingBelow(readerOf({ attributes }), frame - 1, shape);
}
