/** A coded concept (PS3.3 8.8). */
export type Code = readonly [value: string, scheme: string, meaning: string];

// PS3.16 annex D, the code definitions of DICOM.
export const REPORT: Code = ['126000', 'DCM', 'Imaging Measurement Report'];
export const LANGUAGE: Code = ['121049', 'DCM', 'Language of Content Item and Descendants'];
export const OBSERVER_TYPE: Code = ['121005', 'DCM', 'Observer Type'];
export const PERSON: Code = ['121006', 'DCM', 'Person'];
export const OBSERVER_NAME: Code = ['121008', 'DCM', 'Person Observer Name'];
export const PROCEDURE_REPORTED: Code = ['121058', 'DCM', 'Procedure reported'];
export const IMAGE_LIBRARY: Code = ['111028', 'DCM', 'Image Library'];
export const IMAGE_LIBRARY_GROUP: Code = ['126200', 'DCM', 'Image Library Group'];
export const MEASUREMENTS: Code = ['126010', 'DCM', 'Imaging Measurements'];
export const MEASUREMENT_GROUP: Code = ['125007', 'DCM', 'Measurement Group'];
export const TRACKING_ID: Code = ['112039', 'DCM', 'Tracking Identifier'];
export const TRACKING_UID: Code = ['112040', 'DCM', 'Tracking Unique Identifier'];
export const COMMENT: Code = ['121106', 'DCM', 'Comment'];
export const IMAGE_REGION: Code = ['111030', 'DCM', 'Image Region'];

// SNOMED CT.
/** Any procedure: what was done is seldom coded in the files. */
export const IMAGING: Code = ['363679005', 'SCT', 'Imaging'];

interface Quantity {
  concept: Code;
  unit: Code;
  /** Where the size of a pixel is not known. */
  unitOfPixels: Code;
}

const DEGREE: Code = ['deg', 'UCUM', 'degree'];

export const QUANTITIES: Readonly<Record<'length' | 'area' | 'angle', Quantity>> = {
  length: {
    concept: ['410668003', 'SCT', 'Length'],
    unit: ['mm', 'UCUM', 'millimeter'],
    unitOfPixels: ['{pixels}', 'UCUM', 'pixels'],
  },
  area: {
    concept: ['42798000', 'SCT', 'Area'],
    unit: ['mm2', 'UCUM', 'square millimeter'],
    // What is between braces is a remark, which cannot be squared: an area is so many pixels.
    unitOfPixels: ['{pixels}', 'UCUM', 'pixels'],
  },
  angle: { concept: ['1483009', 'SCT', 'Angle'], unit: DEGREE, unitOfPixels: DEGREE },
};
