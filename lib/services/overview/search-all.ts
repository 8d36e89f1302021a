import { toFoundStudy } from '../../api/views/found-study.ts';
import { toListedPatient } from '../../api/views/listed-patient.ts';
import type { Cases } from '../../data/cases.ts';
import type { DicomSearch } from '../../data/dicom/dicom-search.ts';
import type { ExamImages } from '../../data/exam-images.ts';
import type { Patients } from '../../data/patients.ts';
import type { DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import { isUid, type StudyList } from '../../domain/dicom/study-search.ts';
import { CaseId, Id, PatientId } from '../../domain/identifiers.ts';
import { birthDatesIn } from '../../domain/patients/birth-dates.ts';
import { type Patient, searchWords } from '../../domain/patients/patient.ts';
import { type IdentityDeps, identityOf } from './identity-of.ts';

export interface SearchAllDeps extends IdentityDeps {
  patients: IdentityDeps['patients'] & Pick<Patients, 'search'>;
  cases: Pick<Cases, 'get'>;
  examImages: Pick<ExamImages, 'listInExam'>;
  dicomSearch: Pick<DicomSearch, 'studies'>;
  now: () => Date;
}

/** Patients and studies of one answer: more are found by more of the name. */
const MOST = 8;

/** Finds whatever a text may mean: a patient, a case, an exam or a study. Each is one read of one key or list. */
export async function searchAll(text: string, deps: SearchAllDeps) {
  const number = PatientId.safeParse(text).data;
  const [identity, patients, cases, exams, studies] = await Promise.all([
    number === undefined ? null : identityOf(number, deps),
    patientsOf(text, deps),
    casesOf(text, deps),
    examsOf(text, deps),
    studiesOf(text, deps),
  ]);
  return { number: identity, patients: patients.map(toListedPatient), cases, exams, studies };
}

/** With slashes, the day or the month of a birth date may come first: both are looked for. */
async function patientsOf(text: string, { patients, now }: SearchAllDeps): Promise<Patient[]> {
  const dates = birthDatesIn(text, now());
  const searches = dates.length > 0 ? dates.map((date) => [date]) : [searchWords(text, now())];
  const pages = await Promise.all(
    searches.filter((words) => words.length > 0).map((words) => patients.search(words, { limit: MOST })),
  );
  return pages.flatMap(({ items }) => items).slice(0, MOST);
}

/** Numbers are typed without regard to capital letters, and are stored as they were written first. */
const spellings = (text: string): string[] => [...new Set([text, text.toUpperCase()])];

async function casesOf(text: string, { cases, now }: SearchAllDeps) {
  const ids = spellings(text).filter((id) => CaseId.safeParse(id).success);
  const found = await Promise.all(ids.map((id) => cases.get(id, now())));
  return found.flatMap((each) =>
    each?.imageCount ? [{ id: each.id ?? text, patientId: each.patientId, imageCount: each.imageCount }] : [],
  );
}

async function examsOf(text: string, { examImages }: SearchAllDeps) {
  const id = Id.safeParse(text).data;
  if (id === undefined) return [];
  const { items } = await examImages.listInExam(id, { limit: 1 });
  return items.map(({ examId }) => ({ id: examId }));
}

async function studiesOf(text: string, { dicomSearch }: SearchAllDeps) {
  const lists: StudyList[] = [
    ...spellings(text).map((accession) => ({ by: 'accession' as const, accession })),
    ...(isUid(text) && text.includes('.') ? [{ by: 'uids' as const, uids: [text] }] : []),
  ];
  const found = await Promise.all(lists.map((list) => firstOf(dicomSearch.studies(list, MOST))));
  const byUid = new Map(found.flat().map((study) => [study.studyUid, study]));
  return [...byUid.values()].slice(0, MOST).map(toFoundStudy);
}

async function firstOf(studies: AsyncGenerator<DicomStudy>): Promise<DicomStudy[]> {
  const found: DicomStudy[] = [];
  for await (const study of studies) {
    found.push(study);
    if (found.length === MOST) break;
  }
  return found;
}
