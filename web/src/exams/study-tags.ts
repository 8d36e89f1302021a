import { PRIVATE } from '../../../lib/domain/private-attributes.ts';
import { type Attributes, textOf } from './dicom-json.ts';

/** Whether a patient sent any of the instances. */
export const isFromPatient = (attributes: Attributes): boolean =>
  attributes[PRIVATE.source]?.Value?.includes('PATIENT') ?? false;

/** Whether the study is assigned to a patient. */
export const isAssigned = (study: Attributes): boolean => textOf(study, PRIVATE.assignment) === 'ASSIGNED';

/** The search parameter for unassigned studies. */
export const UNASSIGNED = `${PRIVATE.assignment}=UNASSIGNED`;
