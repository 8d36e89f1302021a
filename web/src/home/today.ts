import { useQuery } from '@tanstack/react-query';
import { describedWith } from '../../../lib/domain/dicom/described-with.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Upload } from '../api/types.ts';
import { type Attributes, numberOf, textOf, timeText, valueText } from '../exams/dicom-json.ts';
import { readDataSets } from '../exams/dicomweb.ts';
import { isAssigned } from '../exams/study-tags.ts';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { nameText } from '../patient-banner/patient-name.ts';

/** A line of the list of a day: the uploads into a batch or a case, or a study. */
export interface TodayRow {
  key: string;
  path: string;
  /** The time of day, as `13:24`, and for sorting the same with seconds. */
  time: string;
  sortKey: string;
  modality: string;
  what: string;
  patientId: string | undefined;
  patientName: string | undefined;
  birthDate: string | undefined;
  pending: number;
  refused: number;
  isMine: boolean;
  /** When something was added last, in milliseconds since 1970; a study has its local time. */
  changedAt: number;
  /** By which the page remembers that a person has seen it. */
  seenBy: string;
}

/** The modality of what is no DICOM: photographs, scans and documents; and of a study that has none. */
const PHOTOGRAPHS = 'photographs';
const OTHER = 'other';

/** The modality of a row as people call it. */
export function modalityText(modality: string): string {
  if (modality === PHOTOGRAPHS) return text('today.photographs');
  return modality === OTHER ? text('today.other') : modality;
}

/** Studies of a day that are listed. A clinic has some hundreds. */
const MOST_STUDIES = 500;
/** DICOM files send no live updates to the first page. */
const STUDIES_EVERY_MS = 20_000;
const UPLOADS_EVERY_MS = 60_000;

/** Today by the clinic's clock, as `2026-11-29`. */
export const clinicDay = (now: Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: pageConfig().timeZone, dateStyle: 'short' }).format(now);

/** The uploads and the studies of a day. */
export function useToday(day: string) {
  const uploads = useQuery({
    queryKey: ['uploads', day],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/uploads', { params: { query: { day } }, signal })),
    refetchInterval: UPLOADS_EVERY_MS,
  });
  const studies = useQuery({
    queryKey: ['studies', 'day', day],
    queryFn: ({ signal }) =>
      readDataSets(
        `/dicom-web/studies?StudyDate=${day.replaceAll('-', '')}&includefield=StudyDescription&limit=${MOST_STUDIES}`,
        signal,
      ),
    refetchInterval: STUDIES_EVERY_MS,
  });
  const rows = [...(uploads.data?.uploads ?? []).map(uploadRow), ...(studies.data ?? []).map(studyRow)];
  rows.sort((one, other) => other.sortKey.localeCompare(one.sortKey));
  return { uploads, studies, rows, isWhole: uploads.data?.isWhole ?? true };
}

function uploadRow(upload: Upload): TodayRow {
  const { kind, id, name, patientId, patientName, birthDate, images, pending, refused, lastAt, isMine } =
    upload;
  const ready = images - pending - refused;
  return {
    key: `${kind} ${id} ${isMine}`,
    path: pathOf(upload),
    time: clinicTime(lastAt),
    sortKey: clinicTime(lastAt, true),
    modality: PHOTOGRAPHS,
    what: `${placeOf(kind, id, name)} · ${text('parts.images', { count: ready })}`,
    patientId: patientId ?? undefined,
    patientName: nameText(patientName),
    birthDate: birthDate ?? undefined,
    pending,
    refused,
    isMine,
    changedAt: Date.parse(lastAt),
    seenBy: `patient ${patientId}`,
  };
}

function placeOf(kind: Upload['kind'], id: string, name: string | null): string {
  if (kind === 'batch') return name ?? text('today.deleted-batch');
  return kind === 'case' ? text('search.case', { id }) : text('today.records');
}

function pathOf({ kind, id, patientId }: Upload): string {
  if (kind === 'case') return `/cases/${encodeURIComponent(id)}`;
  const patient = `/patients/${encodeURIComponent(patientId ?? '')}`;
  return kind === 'batch' ? `${patient}?batch=${id}` : patient;
}

const clinicTime = (iso: string, withSeconds = false): string =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: pageConfig().timeZone,
    timeStyle: withSeconds ? 'medium' : 'short',
  }).format(new Date(iso));

function studyRow(study: Attributes): TodayRow {
  const uid = textOf(study, '0020000D');
  const time = timeText(textOf(study, '00080030'));
  const modalities = (study['00080061']?.Value ?? []).map(valueText);
  const accession = textOf(study, '00080050');
  const what = [
    describedWith(modalities, textOf(study, '00081030')) || text('search-kind.study'),
    text('parts.images', { count: numberOf(study, '00201208') ?? 0 }),
    accession,
  ];
  return {
    key: `study ${uid}`,
    path: `/studies/${uid}`,
    time: time.slice(0, 5) || '–',
    sortKey: time,
    modality: modalities[0] ?? OTHER,
    what: what.filter(Boolean).join(' · '),
    patientId: isAssigned(study) ? textOf(study, '00100020') : undefined,
    patientName: textOf(study, '00100010') || undefined,
    birthDate: textOf(study, '00100030').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3') || undefined,
    pending: 0,
    refused: 0,
    isMine: false,
    // Once seen, a study stays seen: its own time may be before it has arrived.
    changedAt: 0,
    seenBy: `study ${uid}`,
  };
}
