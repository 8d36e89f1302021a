import type { QueryClient } from '@tanstack/react-query';
import type { Toasts } from '../changes/toasts.ts';
import { readAgain } from '../changes/use-deletion.ts';
import { textOf } from '../exams/dicom-json.ts';
import { readDataSets } from '../exams/dicomweb.ts';
import { isAssigned } from '../exams/study-tags.ts';
import { text } from '../messages/text.ts';

/** After this time without another file of them, studies are reported; milliseconds. */
const PAUSE_MS = 1500;

/** Tells in which studies DICOM files were stored, and if they are not those of the patient on whose page they were dropped. */
export class StudyReporter {
  readonly #files = new Map<string, { files: number; patientId: string | undefined }>();
  readonly #queries: QueryClient;
  readonly #toasts: Toasts;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient, toasts: Toasts) {
    this.#queries = queries;
    this.#toasts = toasts;
  }

  /** Called for each stored file. `patientId`: the patient on whose page it was chosen. */
  stored(study: string, patientId: string | undefined): void {
    const files = (this.#files.get(study)?.files ?? 0) + 1;
    this.#files.set(study, { files, patientId });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#report(), PAUSE_MS);
  }

  async #report(): Promise<void> {
    const stored = [...this.#files];
    this.#files.clear();
    readAgain(this.#queries, ['study', 'studies']);
    const files = stored.reduce((sum, [, { files }]) => sum + files, 0);
    const strange = (await Promise.all(stored.map(([study, { patientId }]) => strangerOf(study, patientId))))
      .filter((patient) => patient !== undefined)
      .map((patient) => patient || text('uploads.no-patient'));
    const message = text('uploads.stored-in-studies', { files, studies: stored.length });
    const [[only = ''] = []] = stored;
    const link = { href: `/studies/${only}`, label: text('uploads.open-study') };
    if (strange.length === 0) return this.#toasts.say(message, { link });
    const warning = text('uploads.other-patients', { patients: [...new Set(strange)].join(', ') });
    this.#toasts.say(`${message} ${warning}`, { tone: 'bad', link });
  }
}

/** The patient of a study, if it is another one than expected; empty if it is nobody's. */
async function strangerOf(study: string, expected: string | undefined): Promise<string | undefined> {
  const [found] = await readDataSets(`/dicom-web/studies?StudyInstanceUID=${study}`).catch(() => []);
  if (!found || expected === undefined) return undefined;
  if (!isAssigned(found)) return '';
  const patientId = textOf(found, '00100020');
  return patientId === expected ? undefined : patientId;
}
