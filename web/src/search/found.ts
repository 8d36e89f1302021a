import { useQuery } from '@tanstack/react-query';
import { describedWith } from '../../../lib/domain/dicom/described-with.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Found } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { useSettledText } from '../parts/use-settled-text.ts';
import { nameText } from '../patient-banner/patient-name.ts';

/** Something that a search has found, and the page that shows it. */
export interface Choice {
  kind: 'patient' | 'case' | 'study' | 'exam' | 'new';
  title: string;
  /** What tells it from others of the same name. */
  details: string;
  path: string;
}

/** Somebody who looks for a patient waits for the answer; milliseconds. */
const PAUSE_MS = 180;

/** What the words find, after a pause in typing. */
export function useFound(words: string) {
  const settled = useSettledText(words.trim(), PAUSE_MS);
  const answer = useQuery({
    queryKey: ['find', settled],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/search', { params: { query: { q: settled } }, signal })),
    enabled: settled !== '',
    staleTime: 10_000,
  });
  const isCurrent = settled === words.trim();
  return { found: isCurrent ? answer.data : undefined, error: isCurrent ? answer.error : null };
}

const patientPath = (patientId: string) => `/patients/${encodeURIComponent(patientId)}`;
const joined = (...parts: (string | null | undefined | false)[]) => parts.filter(Boolean).join(' · ');
const numberText = (patientId: string) => text('banner.patient', { patient: patientId });
const born = (day: string | null) => day && text('banner.born', { day: formatLocalDay(day) });

/** The pages that show what was found. */
export function choicesOf({ number, patients, cases, exams, studies }: Found): Choice[] {
  const isListed = patients.some(({ patientId }) => patientId === number?.patientId);
  const numbered: Choice[] =
    number?.isKnown && !isListed
      ? [
          {
            kind: 'patient',
            title: nameText(number.name) ?? numberText(number.patientId),
            details: joined(born(number.birthDate), number.name ? number.patientId : text('search.no-name')),
            path: patientPath(number.patientId),
          },
        ]
      : [];
  return [
    ...numbered,
    ...patients.map(
      ({ patientId, name, birthDate }): Choice => ({
        kind: 'patient',
        title: nameText(name) ?? numberText(patientId),
        details: joined(born(birthDate), patientId),
        path: patientPath(patientId),
      }),
    ),
    ...cases.map(
      ({ id, patientId, imageCount }): Choice => ({
        kind: 'case',
        title: text('search.case', { id }),
        details: joined(
          text('search.of-patient', { patient: patientId }),
          text('parts.images', { count: imageCount }),
        ),
        path: `/cases/${encodeURIComponent(id)}`,
      }),
    ),
    ...studies.map((study): Choice => {
      const { studyUid, modalities, description, accessionNumber, day, patientId, patientName } = study;
      return {
        kind: 'study',
        title: describedWith(modalities, description) || text('search-kind.study'),
        details: joined(
          nameText({ alphabetic: patientName }),
          patientId === null ? text('search.no-patient') : text('search.of-patient', { patient: patientId }),
          day && formatLocalDay(day),
          accessionNumber && text('search.accession', { number: accessionNumber }),
        ),
        path: `/studies/${studyUid}`,
      };
    }),
    ...exams.map(
      ({ id }): Choice => ({
        kind: 'exam',
        title: text('search-kind.exam'),
        details: id,
        path: `/exams/${id}`,
      }),
    ),
  ];
}

/** What can be made of a text that finds nothing: a patient or a case of this number. */
export function newChoicesOf({ number }: Found, words: string): Choice[] {
  if (!number || number.isKnown) return [];
  return [
    {
      kind: 'new',
      title: text('search.register', { patient: number.patientId }),
      details: text('search.register-asks'),
      path: patientPath(number.patientId),
    },
    {
      kind: 'new',
      title: text('search.open-case', { number: words.trim() }),
      details: text('search.case-for'),
      path: `/cases/${encodeURIComponent(words.trim())}`,
    },
  ];
}
