import { escapeControlCharacters } from '../escape-control-characters.ts';
import { formatBytes } from '../format-bytes.ts';
import type { DicomFacts } from './read-dicom-facts.ts';

/** What would not be sent, in the order of the text. */
const OTHERS = ['sent before', 'skipped', 'refused', 'failed'] as const;
type Other = (typeof OTHERS)[number];

interface PlannedStudy {
  date: string;
  modalities: Set<string>;
  series: Set<string>;
  instances: Set<string>;
  bytes: number;
}

/** What a push would send, and what not. */
export class Plan {
  /** By the number and name that the files have, and then by StudyInstanceUID. */
  readonly #patients = new Map<string, Map<string, PlannedStudy>>();
  readonly #counts = new Map<Other, number>();
  readonly #reasons: string[] = [];
  #files = 0;
  #bytes = 0;

  /** Adds a file that would be sent; with the facts of its header if it is DICOM. */
  send(bytes: number, facts?: DicomFacts): void {
    this.#files++;
    this.#bytes += bytes;
    if (!facts) return;
    const { patientId, patientName, study: uid, studyDate: date, modality, series, sop } = facts;
    const patient = [patientId || 'no patient number', patientName].filter(Boolean).join('  ');
    const studies = this.#patients.get(patient) ?? new Map<string, PlannedStudy>();
    this.#patients.set(patient, studies);
    const study = studies.get(uid) ?? {
      date,
      modalities: new Set(),
      series: new Set(),
      instances: new Set(),
      bytes: 0,
    };
    studies.set(uid, study);
    study.modalities.add(modality);
    study.series.add(series);
    study.instances.add(sop);
    study.bytes += bytes;
  }

  /** Adds a file that would not be sent, or not be stored. */
  leave(kind: Other, name: string, reason?: string): void {
    this.#counts.set(kind, this.of(kind) + 1);
    if (reason !== undefined)
      this.#reasons.push(`${kind}  ${escapeControlCharacters(name)}  ${escapeControlCharacters(reason)}`);
  }

  of(kind: Other): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** A line for each patient, each study and each file that would not be stored, and the totals. */
  text(): string {
    const patients = [...this.#patients].flatMap(([patient, studies]) => [
      escapeControlCharacters(patient),
      ...[...studies].map(([uid, study]) => `  ${studyLine(uid, study)}`),
    ]);
    const studies = [...this.#patients.values()].flatMap((each) => [...each.values()]);
    const sum = (of: (study: PlannedStudy) => number) => studies.reduce((all, study) => all + of(study), 0);
    const dicom = [
      count(this.#patients.size, 'patient', 'patients'),
      count(studies.length, 'study', 'studies'),
      count(
        sum(({ series }) => series.size),
        'series',
        'series',
      ),
      count(
        sum(({ instances }) => instances.size),
        'instance',
        'instances',
      ),
    ].join(', ');
    const files = `${count(this.#files, 'file', 'files')} of ${formatBytes(this.#bytes)} to send`;
    const others = OTHERS.map((kind) => `${this.of(kind)} ${kind}`).join(', ');
    return [
      ...patients,
      ...this.#reasons.toSorted(),
      `${studies.length > 0 ? `${dicom}: ` : ''}${files}, ${others}`,
    ].join('\n');
  }
}

function studyLine(uid: string, { date, modalities, series, instances, bytes }: PlannedStudy): string {
  const day = date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const kinds = [...modalities].filter(Boolean).sort().join('/');
  const numbers = `${count(series.size, 'series', 'series')}, ${count(instances.size, 'instance', 'instances')}, ${formatBytes(bytes)}`;
  return [escapeControlCharacters(day), escapeControlCharacters(kinds), numbers, uid]
    .filter(Boolean)
    .join('  ');
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
