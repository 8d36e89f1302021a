import { RejectedImage } from '../../rejected-image.ts';
import type { DicomJson } from '../json-model.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { describePixels } from './describe-pixels.ts';
import { toDicomJson } from './dicom-json.ts';
import { type InstanceIdentifiers, instanceIdentifiers, isUid } from './identifiers.ts';
import { type Level, mainAttributes, mainDicomTags } from './main-tags.ts';
import { numberValue } from './number-values.ts';
import { orthancIds } from './orthanc-ids.ts';
import { type DicomFile, readDicom } from './read-dicom.ts';
import { textValue } from './text-values.ts';

/** Everything that is stored about a DICOM file in addition to its bytes. */
export interface DescribedDicom {
  identifiers: InstanceIdentifiers;
  transferSyntaxUid: string;
  orthancId: string;
  frames: number;
  /** Undefined for a file without pixels. */
  rows: number | undefined;
  columns: number | undefined;
  modality: string | undefined;
  instanceNumber: number | undefined;
  /** The main attributes of each level. */
  attributes: Record<Level, DicomJson>;
  /** Orthanc's main tags of all levels. */
  mainTags: Record<string, string>;
  /** All attributes; large values are replaced by a URI. */
  json: DicomJson;
}

/** Longest text that is stored for searches; ten times the limit of most attributes (PS3.5 table 6.2-1). */
const MAX_ATTRIBUTE = 4096;

const levels = ['patient', 'study', 'series', 'instance'] as const satisfies Level[];

/**
 * Parses and validates a whole file. Pixels that this service can't decode are accepted; missing or truncated pixel
 * data is refused.
 *
 * @throws RejectedImage for a file that is not a DICOM instance, incomplete, damaged or malicious
 */
export function describeDicom(bytes: Uint8Array, bulkDataUri: (path: string) => string): DescribedDicom {
  const file = readDicom(bytes);
  const { dataSet, transferSyntax } = file;
  const identifiers = instanceIdentifiers(dataSet);
  if (!isUid(transferSyntax.uid))
    throw new RejectedImage('This DICOM file is damaged: its transfer syntax is no identifier.');
  const pixels = pixelsOf(file);
  return {
    identifiers,
    transferSyntaxUid: transferSyntax.uid,
    orthancId: orthancIds(identifiers).instance,
    frames: pixels?.frames ?? whole(numberValue(dataSet, '00280008')) ?? 1,
    rows: whole(numberValue(dataSet, '00280010')),
    columns: whole(numberValue(dataSet, '00280011')),
    modality: textValue(dataSet, '00080060')?.slice(0, 64),
    instanceNumber: whole(numberValue(dataSet, '00200013')),
    attributes: byLevel((level) => withoutLong(mainAttributes(dataSet, level))),
    mainTags: Object.fromEntries(
      levels
        .flatMap((level) => Object.entries(mainDicomTags(dataSet, level)))
        .filter(([, text]) => text.length <= MAX_ATTRIBUTE),
    ),
    json: toDicomJson(dataSet, { bulkDataUri }),
  };
}

function pixelsOf(file: DicomFile) {
  try {
    return describePixels(file);
  } catch (error) {
    if (error instanceof UnsupportedPixelData) return undefined;
    throw error;
  }
}

const whole = (value: number | undefined) =>
  value !== undefined && Number.isSafeInteger(value) ? value : undefined;

const byLevel = <T>(make: (level: Level) => T) =>
  Object.fromEntries(levels.map((level) => [level, make(level)])) as Record<Level, T>;

const withoutLong = (attributes: DicomJson): DicomJson =>
  Object.fromEntries(
    Object.entries(attributes).filter(([, attribute]) => JSON.stringify(attribute).length <= MAX_ATTRIBUTE),
  );
