import { createHash } from 'node:crypto';
import type { InstanceIdentifiers } from './identifiers.ts';

/** Orthanc's identifiers of an instance and its series, study and patient. */
export interface OrthancIds {
  patient: string;
  study: string;
  series: string;
  instance: string;
}

type Identifiers = Pick<
  InstanceIdentifiers,
  'patient' | 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'
>;

/** Computes Orthanc's identifiers: SHA-1 of the DICOM identifiers from the patient's down. */
export function orthancIds({
  patient,
  studyInstanceUid,
  seriesInstanceUid,
  sopInstanceUid,
}: Identifiers): OrthancIds {
  const patientId = patient.id ?? '';
  const id = (...parts: string[]) => dashed(createHash('sha1').update(parts.join('|')).digest('hex'));
  return {
    patient: id(patientId),
    study: id(patientId, studyInstanceUid),
    series: id(patientId, studyInstanceUid, seriesInstanceUid),
    instance: id(patientId, studyInstanceUid, seriesInstanceUid, sopInstanceUid),
  };
}

/** Five groups of eight, as Orthanc writes them. */
const dashed = (hex: string) => hex.match(/.{8}/g)?.join('-') ?? hex;
