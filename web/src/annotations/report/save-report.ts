import type { DicomJson } from '../../../../lib/media/dicom/json-model.ts';
import {
  measurementReport,
  type ReportedAnnotation,
} from '../../../../lib/media/dicom/report/measurement-report.ts';
import { uidOfUuid } from '../../../../lib/media/dicom/write/uid-of-uuid.ts';
import { ApiError } from '../../api/api-error.ts';
import { numberOf, textOf } from '../../exams/dicom-json.ts';
import { LANGUAGE } from '../../messages/language.ts';
import { text } from '../../messages/text.ts';
import { formatTime } from '../../parts/format.ts';
import { sizeOf } from '../measures.ts';
import { nameOf } from '../who.tsx';
import { type DrawnAnnotation, shapeOf } from './report-contents.ts';
import { type ReportImages, spacingOf } from './report-images.ts';
import { storeInstance } from './store-instance.ts';

interface Drawn {
  study: string;
  annotations: readonly DrawnAnnotation[];
  images: ReportImages;
}

/**
 * Stores the annotations of a study as they are now: as a structured report, in a new series of the study.
 *
 * @param author who saves it
 * @returns whether it is in the study already, or waits for the scanner
 * @throws ApiError with the reason why it is not stored
 */
export async function saveReport(
  { study, annotations, images }: Drawn,
  author: string,
): Promise<'stored' | 'waiting'> {
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
    annotations: annotations.flatMap((each) => reported(each, images) ?? []),
  });
  return storeInstance(study, file);
}

function reported(annotation: DrawnAnnotation, images: ReportImages): ReportedAnnotation | undefined {
  const { id, series, instance, frame, shape, text: words, author, changed_at } = annotation;
  const image = images.get(instance);
  const spacing = spacingOf(annotation, images);
  const known = shapeOf(shape, sizeOf(spacing));
  if (!image || !known) return undefined;
  return {
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
  };
}
