import type { DicomJson } from '../json-model.ts';
import type { DataSet } from './data-set.ts';
import { toDicomJson } from './dicom-json.ts';
import { numberValues } from './number-values.ts';
import { textValues } from './text-values.ts';

/** A level of the information model of queries (PS3.4 C.6.2). */
export type Level = 'patient' | 'study' | 'series' | 'instance';

/**
 * The attributes that are kept of each level: what searches answer with (PS3.18 tables 10.6.3-3, -4 and -5), what may be
 * asked for (tables 10.6.1-5), and Orthanc's main tags; by keyword (PS3.6), which searches may use instead of tags.
 */
export const mainTags = {
  patient: {
    PatientName: '00100010',
    PatientID: '00100020',
    IssuerOfPatientID: '00100021',
    PatientBirthDate: '00100030',
    PatientSex: '00100040',
    OtherPatientIDs: '00101000',
    PatientAge: '00101010',
  },
  study: {
    SpecificCharacterSet: '00080005',
    StudyDate: '00080020',
    StudyTime: '00080030',
    AccessionNumber: '00080050',
    ReferringPhysicianName: '00080090',
    TimezoneOffsetFromUTC: '00080201',
    InstitutionName: '00080080',
    StudyDescription: '00081030',
    StudyInstanceUID: '0020000D',
    StudyID: '00200010',
    RequestingPhysician: '00321032',
    RequestedProcedureDescription: '00321060',
  },
  series: {
    SeriesDate: '00080021',
    SeriesTime: '00080031',
    Modality: '00080060',
    Manufacturer: '00080070',
    StationName: '00081010',
    SeriesDescription: '0008103E',
    PerformingPhysicianName: '00081050',
    OperatorsName: '00081070',
    ManufacturerModelName: '00081090',
    BodyPartExamined: '00180015',
    SequenceName: '00180024',
    ContrastBolusAgent: '00180010',
    ProtocolName: '00181030',
    SeriesInstanceUID: '0020000E',
    SeriesNumber: '00200011',
    Laterality: '00200060',
    ImageOrientationPatient: '00200037',
    FrameOfReferenceUID: '00200052',
    CardiacNumberOfImages: '00181090',
    ImagesInAcquisition: '00201002',
    NumberOfTemporalPositions: '00200105',
    NumberOfSlices: '00540081',
    NumberOfTimeSlices: '00540101',
    PerformedProcedureStepStartDate: '00400244',
    PerformedProcedureStepStartTime: '00400245',
    PerformedProcedureStepDescription: '00400254',
    RequestAttributesSequence: '00400275',
    AcquisitionDeviceProcessingDescription: '00181400',
  },
  instance: {
    ImageType: '00080008',
    InstanceCreationDate: '00080012',
    InstanceCreationTime: '00080013',
    SOPClassUID: '00080016',
    SOPInstanceUID: '00080018',
    AcquisitionDate: '00080022',
    ContentDate: '00080023',
    AcquisitionTime: '00080032',
    ContentTime: '00080033',
    AcquisitionNumber: '00200012',
    InstanceNumber: '00200013',
    ImagePositionPatient: '00200032',
    TemporalPositionIdentifier: '00200100',
    ImageComments: '00204000',
    NumberOfFrames: '00280008',
    Rows: '00280010',
    Columns: '00280011',
    BitsAllocated: '00280100',
    ImageIndex: '00541330',
    InstanceAvailability: '00080056',
  },
} as const satisfies Record<Level, Record<string, string>>;

/** The main attributes of a level in the file, as DICOM JSON. */
export function mainAttributes(dataSet: DataSet, level: Level): DicomJson {
  const elements = new Map(
    Object.values(mainTags[level])
      .map((tag) => dataSet.elements.get(tag))
      .filter((element) => element !== undefined)
      .map((element) => [element.tag, element]),
  );
  // None of these attributes is ever large: a large value is left out, without a BulkDataURI.
  return toDicomJson({ ...dataSet, elements, parent: dataSet }, { bulkDataUri: () => '', inlineBytes: 0 });
}

/** The main attributes of a level in Orthanc's format: by keyword, each one string, values separated by backslashes. */
export function mainDicomTags(dataSet: DataSet, level: Level): Record<string, string> {
  const entries = Object.entries(mainTags[level]).map(([keyword, tag]): [string, string] => {
    const texts = textValues(dataSet, tag);
    return [keyword, (texts.length > 0 ? texts : numberValues(dataSet, tag)).join('\\')];
  });
  return Object.fromEntries(
    entries.filter(([keyword, text]) => text !== '' && keyword !== 'SpecificCharacterSet'),
  );
}
