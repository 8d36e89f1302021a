import type { DicomJson } from '../json-model.ts';
import { explicitLittleEndian } from '../transfer-syntaxes.ts';
import { joined } from '../write/bytes.ts';
import { EXPLICIT_UTF8, encodeJson } from '../write/encode-json.ts';
import { fileMeta } from '../write/file-meta.ts';
import {
  COMMENT,
  type Code,
  IMAGE_LIBRARY,
  IMAGE_LIBRARY_GROUP,
  IMAGE_REGION,
  IMAGING,
  LANGUAGE,
  MEASUREMENT_GROUP,
  MEASUREMENTS,
  OBSERVER_NAME,
  OBSERVER_TYPE,
  PERSON,
  PROCEDURE_REPORTED,
  QUANTITIES,
  REPORT,
  TRACKING_ID,
  TRACKING_UID,
} from './codes.ts';
import {
  codeItem,
  container,
  containerItem,
  type ImageReference,
  imageItem,
  nameItem,
  numberItem,
  one,
  reference,
  regionItem,
  sequence,
  textItem,
  uidItem,
} from './content-items.ts';

/** One annotation. */
export interface ReportedAnnotation {
  /** Its UID, the same in each report that has it. */
  uid: string;
  /** The tool of Cornerstone by which viewers know it again. */
  tool: string;
  image: ImageReference & { series: string };
  graphicType: string;
  points: readonly (readonly [column: number, row: number])[];
  measured?: { quantity: keyof typeof QUANTITIES; value: number };
  /** Whether lengths are in millimetres, and not in pixels. */
  hasSpacing: boolean;
  text: string;
  author: string;
  changedAt: Date;
}

/** What a report is made of. */
export interface MeasurementReport {
  series: string;
  sop: string;
  /** The attributes of an image of the study, which say whose it is. */
  image: DicomJson;
  /** How the series is named in lists; at most 64 characters. */
  description: string;
  /** The language of its texts: its tag, and its English name. */
  language: readonly [tag: string, name: string];
  /** Who makes the report. */
  author: string;
  at: Date;
  annotations: readonly ReportedAnnotation[];
}

/** Comprehensive SR Storage (PS3.3 A.35.3). */
const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.88.33';

/** Behind the series of the images, which modalities count from 1. */
const SERIES_NUMBER = 9001;

/** By this and the name of a tool, programs that are made with Cornerstone know which of their tools shows an annotation. */
const CORNERSTONE = 'Cornerstone3DTools@^0.1.0';

/** The attributes of patient and study that a report has from an image (PS3.3 C.7.1.1 and C.7.2.1), and whether they have to be there. */
const COPIED: [tag: string, vr: string, isRequired: boolean][] = [
  ['00080020', 'DA', true],
  ['00080030', 'TM', true],
  ['00080050', 'SH', true],
  ['00080051', 'SQ', false],
  ['00080090', 'PN', true],
  ['00081030', 'LO', false],
  ['00100010', 'PN', true],
  ['00100020', 'LO', true],
  ['00100021', 'LO', false],
  ['00100024', 'SQ', false],
  ['00100030', 'DA', true],
  ['00100040', 'CS', true],
  ['0020000D', 'UI', true],
  ['00200010', 'SH', true],
];

/**
 * Writes a DICOM structured report of annotations: an Imaging Measurement Report (PS3.16, TID 1500). What is measured is a NUM that is
 * inferred from coordinates (TID 1501 and 300); what is only drawn is a region (TID 1410).
 */
export function measurementReport(report: MeasurementReport): Uint8Array<ArrayBuffer> {
  const { sop } = report;
  const identity = { sopClass: SOP_CLASS, sopInstance: sop, transferSyntax: explicitLittleEndian.uid };
  return joined([fileMeta(identity), encodeJson(dataSetOf(report), EXPLICIT_UTF8)]);
}

function dataSetOf(report: MeasurementReport): DicomJson {
  const { series, sop, image, description, at, annotations } = report;
  const { date, time } = localTime(at);
  const copied = COPIED.flatMap(([tag, vr, isRequired]) => {
    const attribute = image[tag] ?? (isRequired ? { vr } : undefined);
    return attribute ? [[tag, attribute] as const] : [];
  });
  return {
    ...Object.fromEntries(copied),
    '00080005': one('CS', 'ISO_IR 192'),
    '00080016': one('UI', SOP_CLASS),
    '00080018': one('UI', sop),
    '00080021': one('DA', date),
    '00080023': one('DA', date),
    '00080031': one('TM', time),
    '00080033': one('TM', time),
    '00080060': one('CS', 'SR'),
    '00080070': one('LO', 'Negatoscope'),
    '0008103E': one('LO', description.slice(0, 64)),
    '00081111': sequence(),
    '0020000E': one('UI', series),
    '00200011': one('IS', SERIES_NUMBER),
    '00200013': one('IS', 1),
    ...container(REPORT, contentOf(report)),
    '0040A372': sequence(),
    '0040A375': sequence(evidenceOf(image, annotations)),
    '0040A491': one('CS', 'COMPLETE'),
    '0040A493': one('CS', 'UNVERIFIED'),
    '0040A504': sequence({ '00080105': one('CS', 'DCMR'), '0040DB00': one('CS', '1500') }),
  };
}

function contentOf({ language: [tag, name], author, annotations }: MeasurementReport): DicomJson[] {
  const images = distinct(annotations.map(({ image }) => image));
  return [
    codeItem('HAS CONCEPT MOD', LANGUAGE, [tag, 'RFC5646', name]),
    ...observer(author),
    codeItem('HAS CONCEPT MOD', PROCEDURE_REPORTED, IMAGING),
    containerItem(IMAGE_LIBRARY, [
      containerItem(
        IMAGE_LIBRARY_GROUP,
        images.map((image) => imageItem('CONTAINS', image)),
      ),
    ]),
    containerItem(
      MEASUREMENTS,
      annotations.map((each) => groupOf(each, author)),
    ),
  ];
}

function groupOf(annotation: ReportedAnnotation, reporter: string): DicomJson {
  const { uid, tool, measured, hasSpacing, text, author, changedAt } = annotation;
  const quantity = measured && QUANTITIES[measured.quantity];
  const unit: Code | undefined = hasSpacing ? quantity?.unit : quantity?.unitOfPixels;
  const content = [
    textItem('HAS OBS CONTEXT', TRACKING_ID, `${CORNERSTONE}:${tool}`),
    uidItem('HAS OBS CONTEXT', TRACKING_UID, uid),
    // The observer of the report is that of everything in it that names no other one (PS3.3 C.17.5).
    ...(author === reporter ? [] : observer(author)),
    ...(text.trim() === '' ? [] : [textItem('CONTAINS', COMMENT, text)]),
    measured && quantity && unit
      ? numberItem(quantity.concept, measured.value, unit, regionItem('INFERRED FROM', undefined, annotation))
      : regionItem('CONTAINS', IMAGE_REGION, annotation),
  ];
  const { date, time } = localTime(changedAt);
  return containerItem(MEASUREMENT_GROUP, content, { '0040A032': one('DT', date + time) });
}

const observer = (name: string): DicomJson[] => [
  codeItem('HAS OBS CONTEXT', OBSERVER_TYPE, PERSON),
  nameItem('HAS OBS CONTEXT', OBSERVER_NAME, name),
];

/** The instances to which the report refers (PS3.3 C.17.2.1), all of one study. */
function evidenceOf(image: DicomJson, annotations: readonly ReportedAnnotation[]): DicomJson {
  const series = Map.groupBy(
    annotations.map((each) => each.image),
    (each) => each.series,
  );
  return {
    '0020000D': image['0020000D'] ?? { vr: 'UI' },
    '00081115': sequence(
      ...[...series].map(([uid, images]) => ({
        '0020000E': one('UI', uid),
        '00081199': sequence(...distinct(images).map((each) => reference({ ...each, frame: undefined }))),
      })),
    ),
  };
}

/** Each instance once, with no frame of its own: a viewer looks for the instance. */
const distinct = (images: readonly ImageReference[]): ImageReference[] => [
  ...new Map(images.map((each) => [each.sop, { ...each, frame: undefined }])).values(),
];

const digits = (number: number, count = 2) => String(number).padStart(count, '0');

/** Of the clinic, as modalities write it. */
const localTime = (at: Date) => ({
  date: digits(at.getFullYear(), 4) + digits(at.getMonth() + 1) + digits(at.getDate()),
  time: digits(at.getHours()) + digits(at.getMinutes()) + digits(at.getSeconds()),
});
