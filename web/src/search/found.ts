import { useQuery } from '@tanstack/react-query';
import { describedWith } from '../../../lib/domain/dicom/described-with.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Found } from '../api/types.ts';
import { count, formatLocalDay } from '../parts/format.ts';
import { useSettledText } from '../parts/use-settled-text.ts';
import { nameText } from '../patient-banner/patient-name.ts';

/** Something that a search has found, and the page that shows it. */
export interface Choice {
  kind: 'Patient' | 'Case' | 'Study' | 'Exam' | 'New';
  title: string;
  /** What tells it from others of the same name. */
  details: string;
  path: string;
}

/** Somebody who looks for a patient waits for the answer; milliseconds. */
const PAUSE_MS = 180;

/** What the text finds, after a pause in typing. `text` says for which text the choices are. */
export function useFound(text: string) {
  const settled = useSettledText(text.trim(), PAUSE_MS);
  const answer = useQuery({
    queryKey: ['find', settled],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/search', { params: { query: { q: settled } }, signal })),
    enabled: settled !== '',
    staleTime: 10_000,
  });
  const isCurrent = settled === text.trim();
  return { found: isCurrent ? answer.data : undefined, error: isCurrent ? answer.error : null };
}

const patientPath = (patientId: string) => `/patients/${encodeURIComponent(patientId)}`;
const joined = (...parts: (string | null | undefined | false)[]) => parts.filter(Boolean).join(' · ');
const born = (day: string | null) => day && `born ${formatLocalDay(day)}`;

/** The pages that show what was found. */
export function choicesOf({ number, patients, cases, exams, studies }: Found): Choice[] {
  const isListed = patients.some(({ patientId }) => patientId === number?.patientId);
  const numbered: Choice[] =
    number?.isKnown && !isListed
      ? [
          {
            kind: 'Patient',
            title: nameText(number.name) ?? `Patient ${number.patientId}`,
            details: joined(born(number.birthDate), number.name ? number.patientId : 'no name registered'),
            path: patientPath(number.patientId),
          },
        ]
      : [];
  return [
    ...numbered,
    ...patients.map(
      ({ patientId, name, birthDate }): Choice => ({
        kind: 'Patient',
        title: nameText(name) ?? `Patient ${patientId}`,
        details: joined(born(birthDate), patientId),
        path: patientPath(patientId),
      }),
    ),
    ...cases.map(
      ({ id, patientId, imageCount }): Choice => ({
        kind: 'Case',
        title: `Case ${id}`,
        details: joined(`patient ${patientId}`, count(imageCount, 'image')),
        path: `/cases/${encodeURIComponent(id)}`,
      }),
    ),
    ...studies.map((study): Choice => {
      const { studyUid, modalities, description, accessionNumber, day, patientId, patientName } = study;
      return {
        kind: 'Study',
        title: describedWith(modalities, description) || 'Study',
        details: joined(
          nameText({ alphabetic: patientName }),
          patientId === null ? 'no patient' : `patient ${patientId}`,
          day && formatLocalDay(day),
          accessionNumber && `accession ${accessionNumber}`,
        ),
        path: `/studies/${studyUid}`,
      };
    }),
    ...exams.map(({ id }): Choice => ({ kind: 'Exam', title: 'Exam', details: id, path: `/exams/${id}` })),
  ];
}

/** What can be made of a text that finds nothing: a patient or a case of this number. */
export function newChoicesOf({ number }: Found, text: string): Choice[] {
  if (!number || number.isKnown) return [];
  return [
    {
      kind: 'New',
      title: `Register ${number.patientId} as a new patient`,
      details: 'asks for name and birth date first',
      path: patientPath(number.patientId),
    },
    {
      kind: 'New',
      title: `Open ${text.trim()} as a new case`,
      details: 'for images of one case of a patient',
      path: `/cases/${encodeURIComponent(text.trim())}`,
    },
  ];
}
