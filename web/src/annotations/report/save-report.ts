import { mapInOrder } from '../../../../lib/domain/in-order.ts';
import type { DicomJson } from '../../../../lib/media/dicom/json-model.ts';
import { pixelSpacing } from '../../../../lib/media/dicom/parse/pixel-aspect.ts';
import {
  measurementReport,
  type ReportedAnnotation,
} from '../../../../lib/media/dicom/report/measurement-report.ts';
import { uidOfUuid } from '../../../../lib/media/dicom/write/uid-of-uuid.ts';
import { ApiError } from '../../api/api-error.ts';
import { readerOf } from '../../dicom-viewer/load-frame.ts';
import { type Attributes, numberOf, textOf } from '../../exams/dicom-json.ts';
import { instancePath, readDataSets } from '../../exams/dicomweb.ts';
import { LANGUAGE } from '../../messages/language.ts';
import { text } from '../../messages/text.ts';
import { formatTime } from '../../parts/format.ts';
import { nameOf } from '../who.tsx';
import { type DrawnAnnotation, shapeOf } from './report-contents.ts';
import { storeInstance } from './store-instance.ts';

/** Instances whose metadata are read at once. */
const AT_ONCE = 4;

/**
 * Stores the annotations of a study as they are now: as a structured report, in a new series of the study.
 *
 * @param author who saves it
 * @returns whether it is in the study already, or waits for the scanner
 * @throws ApiError with the reason why it is not stored
 */
export async function saveReport(
  study: string,
  drawn: readonly DrawnAnnotation[],
  author: string,
): Promise<'stored' | 'waiting'> {
  const images = await readImages(study, drawn);
  const [first] = images.values();
  if (!first) throw new ApiError(404, text('report.no-image'));
  const at = new Date();
  const file = measurementReport({
    series: uidOfUuid(crypto.randomUUID()),
    sop: uidOfUuid(crypto.randomUUID()),
    image: first as DicomJson,
    description: text('report.series', { time: formatTime(at.toISOString()) }),
    language: [LANGUAGE, new Intl.DisplayNames('en', { type: 'language' }).of(LANGUAGE) ?? LANGUAGE],
    author,
    at,
    annotations: drawn.flatMap((each) => reported(each, images.get(each.instance)) ?? []),
  });
  return storeInstance(study, file);
}

/** The metadata of the annotated instances, by their UIDs. */
async function readImages(
  study: string,
  drawn: readonly DrawnAnnotation[],
): Promise<Map<string, Attributes>> {
  const paths = new Map(drawn.map(({ series, instance }) => [instance, { study, series, instance }]));
  const found = new Map<string, Attributes>();
  const read = async ({ instance, ...path }: { study: string; series: string; instance: string }) => {
    const [attributes] = await readDataSets(`${instancePath({ ...path, instance })}/metadata`);
    if (attributes) found.set(instance, attributes);
  };
  for await (const _read of mapInOrder(paths.values(), AT_ONCE, read));
  return found;
}

function reported(
  annotation: DrawnAnnotation,
  image: Attributes | undefined,
): ReportedAnnotation | undefined {
  if (!image) return undefined;
  const { id, series, instance, frame, shape, text: words, author, changed_at } = annotation;
  const spacing = pixelSpacing(readerOf({ attributes: image }), frame - 1);
  const known = shapeOf(shape, spacing && { x: spacing.columns, y: spacing.rows });
  return (
    known && {
      ...known,
      uid: uidOfUuid(id),
      image: {
        series,
        sopClass: textOf(image, '00080016'),
        sop: instance,
        frame: (numberOf(image, '00280008') ?? 1) > 1 ? frame : undefined,
      },
      hasSpacing: spacing !== undefined,
      text: words,
      author: nameOf(author),
      changedAt: new Date(changed_at),
    }
  );
}
