import { data } from 'dcmjs';
import { describe, expect, test } from 'vitest';
import { reportedShape } from '../../../../lib/domain/annotations/reported-shape.ts';
import { describeDicom } from '../../../../lib/media/dicom/parse/describe-dicom.ts';
import type { ReportedAnnotation } from '../../../../lib/media/dicom/report/measurement-report.ts';
import { ANNOTATED_IMAGE, annotated, reportOf } from '../../../fixtures/reports.ts';

const LINE: [number, number][] = [
  [0, 0],
  [3, 4],
];

// biome-ignore lint/suspicious/noExplicitAny: the tests check what dcmjs reads
type Item = any;

/** What dcmjs reads of a report: attributes by their keywords. */
function read(...annotations: ReportedAnnotation[]): Item {
  const file = data.DicomMessage.readFile(reportOf(annotations).buffer);
  return data.DicomMetaDictionary.naturalizeDataset(file.dict);
}

const itemsOf = (item: Item): Item[] => [item?.ContentSequence ?? []].flat();
const meaningOf = (item: Item): string => [item.ConceptNameCodeSequence].flat()[0]?.CodeMeaning;
const named = (item: Item, meaning: string): Item =>
  itemsOf(item).find((each) => meaningOf(each) === meaning);
const groupsOf = (report: Item): Item[] => itemsOf(named(report, 'Imaging Measurements'));
const only = (sequence: Item): Item => [sequence].flat()[0];

/** What the NUM of the first group says. */
function measureIn(report: Item) {
  const number = itemsOf(groupsOf(report)[0]).find(({ ValueType }) => ValueType === 'NUM');
  const { NumericValue, MeasurementUnitsCodeSequence } = only(number.MeasuredValueSequence);
  const { CodeValue, CodingSchemeDesignator } = only(MeasurementUnitsCodeSequence);
  const region = itemsOf(number)[0];
  return {
    what: meaningOf(number),
    value: Number(NumericValue),
    unit: `${CodeValue} ${CodingSchemeDesignator}`,
    relationship: region.RelationshipType,
    graphic: region.GraphicType,
    points: region.GraphicData,
  };
}

describe('A report of annotations', () => {
  test('has a length as a number that is inferred from a line, in millimetres', () => {
    expect(
      measureIn(
        read(
          annotated('length', [
            [10, 20],
            [16, 52],
          ]),
        ),
      ),
    ).toEqual({
      what: 'Length',
      // 6 columns of 0.5 mm and 32 rows of 0.25 mm.
      value: Number(Math.hypot(3, 8).toPrecision(8)),
      unit: 'mm UCUM',
      relationship: 'INFERRED FROM',
      graphic: 'POLYLINE',
      points: [10, 20, 16, 52],
    });
  });

  test('has an ellipse by the ends of its axes, and its area', () => {
    const ends: [number, number][] = [
      [0, 10],
      [40, 10],
      [20, 5],
      [20, 15],
    ];
    expect(measureIn(read(annotated('ellipse', ends)))).toMatchObject({
      what: 'Area',
      value: expect.closeTo(Math.PI * 10 * 1.25, 5),
      unit: 'mm2 UCUM',
      graphic: 'ELLIPSE',
      points: ends.flat(),
    });
  });

  test('has an area as a closed line', () => {
    expect(
      measureIn(
        read(
          annotated('area', [
            [0, 0],
            [10, 0],
            [10, 20],
          ]),
        ),
      ),
    ).toMatchObject({
      what: 'Area',
      value: 12.5,
      graphic: 'POLYLINE',
      points: [0, 0, 10, 0, 10, 20, 0, 0],
    });
  });

  test('has an angle as two lines that meet, in degrees', () => {
    const corner: [number, number][] = [
      [10, 0],
      [0, 0],
      [0, 10],
    ];
    expect(measureIn(read(annotated('angle', corner)))).toMatchObject({
      what: 'Angle',
      value: 90,
      unit: 'deg UCUM',
      points: [10, 0, 0, 0, 0, 0, 0, 10],
    });
  });

  test('has pixels where their size is not known', () => {
    expect(measureIn(read(annotated('length', LINE, {}, 'unknown')))).toMatchObject({
      value: 5,
      unit: '{pixels} UCUM',
    });
  });

  test.each([
    ['an arrow, its head first', 'arrow', 'POLYLINE', [3, 4, 1, 2]],
    ['a line by hand', 'freehand', 'POLYLINE', [1, 2, 3, 4]],
    ['a text at its point', 'text', 'POINT', [1, 2]],
  ] as const)('has %s as a region without a number', (_title, kind, graphic, points) => {
    const drawn: [number, number][] = [
      [1, 2],
      [3, 4],
    ];
    const report = read(
      annotated(kind, kind === 'text' ? drawn.slice(0, 1) : drawn, { text: 'Edema\nleft' }),
    );
    const [group] = groupsOf(report);
    expect(named(group, 'Image Region')).toMatchObject({
      RelationshipType: 'CONTAINS',
      GraphicType: graphic,
      GraphicData: points,
    });
    expect(named(group, 'Comment').TextValue).toBe('Edema\r\nleft');
    expect(itemsOf(group).filter(({ ValueType }) => ValueType === 'NUM')).toEqual([]);
  });

  test('refers to the instance, and to its frame if it has several', () => {
    const image = { series: '1.2.3.1', sopClass: '1.2.840.10008.5.1.4.1.1.2', sop: '1.2.3.1.2', frame: 7 };
    const report = read(annotated('length', LINE), annotated('length', LINE, { image }));
    const references = groupsOf(report).map((group) => {
      const region = itemsOf(named(group, 'Length'))[0];
      return only(itemsOf(region)[0].ReferencedSOPSequence);
    });
    expect(references.map(({ ReferencedSOPInstanceUID }) => ReferencedSOPInstanceUID)).toEqual([
      '1.2.3.1.1',
      '1.2.3.1.2',
    ]);
    expect(references.map(({ ReferencedFrameNumber: frame }) => frame)).toEqual([undefined, 7]);
    const evidence = only(only(report.CurrentRequestedProcedureEvidenceSequence).ReferencedSeriesSequence);
    expect(evidence.SeriesInstanceUID).toBe('1.2.3.1');
    expect(evidence.ReferencedSOPSequence).toHaveLength(2);
  });

  test('names who made it, and who drew what somebody else did', () => {
    const report = read(annotated('length', LINE), annotated('length', LINE, { author: 'O^Hara=Sam' }));
    const observers = [report, ...groupsOf(report)].map(
      (each) => named(each, 'Person Observer Name')?.PersonName,
    );
    expect(observers.map((name) => only(name)?.Alphabetic)).toEqual(['Dana Doctor', undefined, 'O Hara Sam']);
    const language = only(named(report, 'Language of Content Item and Descendants').ConceptCodeSequence);
    expect([language.CodeValue, language.CodingSchemeDesignator]).toEqual(['de', 'RFC5646']);
  });

  test('has the tool of Cornerstone and the UID of each annotation', () => {
    const [group] = groupsOf(read(annotated('length', LINE, { uid: '2.25.17' })));
    expect(named(group, 'Tracking Identifier').TextValue).toBe('Cornerstone3DTools@^0.1.0:Length');
    expect(named(group, 'Tracking Unique Identifier').UID).toBe('2.25.17');
    expect(group.ObservationDateTime).toBe('20260304050607');
  });

  test('is an instance of the study, of the same patient, in a series of its own', () => {
    const described = describeDicom(
      reportOf([annotated('length', LINE, { text: 'Ödem, links' })]),
      (path) => path,
    );
    expect(described.identifiers).toEqual({
      patient: { id: 'P-1001', issuer: null },
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '2.25.1',
      sopInstanceUid: '2.25.2',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33',
    });
    expect(described.json['00100010']).toEqual(ANNOTATED_IMAGE['00100010']);
    expect(JSON.stringify(described.json)).toContain('Ödem, links');
    expect(described.json['00100030']).toEqual({ vr: 'DA' });
    expect(described.modality).toBe('SR');
  });
});

test('A report cannot hold an angle of which one side has no length, nor a calibration', () => {
  expect(
    reportedShape(
      {
        kind: 'angle',
        points: [
          [1, 1],
          [1, 1],
          [2, 2],
        ],
      },
      undefined,
    ),
  ).toBeUndefined();
  expect(
    reportedShape(
      {
        kind: 'calibration',
        points: [
          [1, 1],
          [2, 2],
        ],
      },
      undefined,
    ),
  ).toBeUndefined();
});
