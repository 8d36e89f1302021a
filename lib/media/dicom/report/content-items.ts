import type { DicomJson, JsonAttribute } from '../json-model.ts';
import type { Code } from './codes.ts';

/** PS3.3 C.17.3.2.4. */
type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'INFERRED FROM' | 'SELECTED FROM';

/** An instance, and its frame if it has several. */
export interface ImageReference {
  sopClass: string;
  sop: string;
  frame: number | undefined;
}

export const one = (vr: string, value: string | number): JsonAttribute => ({ vr, Value: [value] });

export const sequence = (...items: DicomJson[]): JsonAttribute => ({ vr: 'SQ', Value: items });

export const coded = ([value, scheme, meaning]: Code): JsonAttribute =>
  sequence({
    '00080100': one('SH', value),
    '00080102': one('SH', scheme),
    '00080104': one('LO', meaning),
  });

export const reference = ({ sopClass, sop, frame }: ImageReference): DicomJson => ({
  '00081150': one('UI', sopClass),
  '00081155': one('UI', sop),
  ...(frame !== undefined && { '00081160': one('IS', frame) }),
});

const item = (relationship: Relationship, type: string, concept: Code | undefined, own: DicomJson) => ({
  '0040A010': one('CS', relationship),
  '0040A040': one('CS', type),
  ...(concept && { '0040A043': coded(concept) }),
  ...own,
});

/** The attributes of a container, without its relationship: the root of a report has none. */
export const container = (concept: Code, content: DicomJson[]): DicomJson => ({
  '0040A040': one('CS', 'CONTAINER'),
  '0040A043': coded(concept),
  '0040A050': one('CS', 'SEPARATE'),
  '0040A730': sequence(...content),
});

export const containerItem = (concept: Code, content: DicomJson[], own: DicomJson = {}): DicomJson => ({
  '0040A010': one('CS', 'CONTAINS'),
  ...container(concept, content),
  ...own,
});

/** PS3.5 6.2, UT: a new line is two characters. */
export const textItem = (relationship: Relationship, concept: Code, text: string): DicomJson =>
  item(relationship, 'TEXT', concept, { '0040A160': one('UT', text.replaceAll(/\r?\n/g, '\r\n')) });

export const uidItem = (relationship: Relationship, concept: Code, uid: string): DicomJson =>
  item(relationship, 'UIDREF', concept, { '0040A124': one('UI', uid) });

export const codeItem = (relationship: Relationship, concept: Code, value: Code): DicomJson =>
  item(relationship, 'CODE', concept, { '0040A168': coded(value) });

/** A name in one piece: nobody knows which part of it is the family name. The delimiters of PS3.5 6.2 can not be in it. */
export const nameItem = (relationship: Relationship, concept: Code, name: string): DicomJson =>
  item(relationship, 'PNAME', concept, {
    '0040A123': { vr: 'PN', Value: [{ Alphabetic: name.replaceAll(/[\\^=]/g, ' ').slice(0, 64) }] },
  });

/** PS3.5 6.2, DS: at most 16 characters, for which eight digits are few enough. */
export const numberItem = (concept: Code, value: number, unit: Code, source: DicomJson): DicomJson =>
  item('CONTAINS', 'NUM', concept, {
    '0040A300': sequence({
      '004008EA': coded(unit),
      '0040A30A': one('DS', String(Number(value.toPrecision(8)))),
    }),
    '0040A730': sequence(source),
  });

export const imageItem = (relationship: Relationship, image: ImageReference): DicomJson =>
  item(relationship, 'IMAGE', undefined, { '00081199': sequence(reference(image)) });

interface Region {
  graphicType: string;
  /** Columns and rows from the upper left corner of the upper left pixel (PS3.3 C.18.6.1.1). */
  points: readonly (readonly [column: number, row: number])[];
  image: ImageReference;
}

/** @param concept what a region is, if no measurement is inferred from it */
export const regionItem = (
  relationship: Relationship,
  concept: Code | undefined,
  { graphicType, points, image }: Region,
): DicomJson =>
  item(relationship, 'SCOORD', concept, {
    '00700022': { vr: 'FL', Value: points.flat() },
    '00700023': one('CS', graphicType),
    '0040A730': sequence(imageItem('SELECTED FROM', image)),
  });
