import { PRIVATE } from '../../../lib/domain/private-attributes.ts';
import { type Attributes, textOf } from './dicom-json.ts';

/** Whether a patient sent any of the instances. */
export const isFromPatient = (attributes: Attributes): boolean =>
  attributes[PRIVATE.source]?.Value?.includes('PATIENT') ?? false;

/** Whether the study, or what lies in it, belongs to a patient. */
export const isAssigned = (study: Attributes): boolean => textOf(study, PRIVATE.assignment) === 'ASSIGNED';

/** The parameter of a search for studies that are nobody's. */
export const UNASSIGNED = `${PRIVATE.assignment}=UNASSIGNED`;
