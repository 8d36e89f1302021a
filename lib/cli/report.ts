import { escapeControlCharacters } from './escape-control-characters.ts';
import { formatBytes } from './format-bytes.ts';
import { Speed } from './speed.ts';

/** The possible outcomes of a file, in the order of the summary. */
const KINDS = ['stored', 'already there', 'skipped', 'refused', 'failed'] as const;
type Kind = (typeof KINDS)[number];

/** Time between two lines if the output is not a terminal. */
const LINE_MS = 5000;
/** Time between two updates of a terminal because of transferred bytes. */
const UPDATE_MS = 200;

/** Reports the progress, on one line of a terminal or as separate lines, and the summary at the end. */
export class Report {
  readonly #counts = new Map<Kind, number>();
  readonly #reasons: { kind: Kind; name: string; reason: string }[] = [];
  readonly #out: NodeJS.WriteStream;
  readonly #speed = new Speed();
  #total = 0;
  #totalBytes = 0;
  #leftBytes = 0;
  #lastLine = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  set total(total: number) {
    this.#total = total;
  }

  /** The bytes of all files; unknown if it is not set. */
  set totalBytes(bytes: number) {
    this.#totalBytes = bytes;
    this.#leftBytes = bytes;
  }

  /** Counts bytes of a file that have gone over the network, also those of an attempt that fails later. */
  transferred(bytes: number): void {
    this.#speed.add(bytes);
    if (this.#out.isTTY && Date.now() - this.#lastLine > UPDATE_MS) this.progress();
  }

  /** Takes the bytes of a file from what is left to send: it is sent, or will not be. */
  leave(bytes: number): void {
    this.#leftBytes -= bytes;
  }

  /** @param reason if it is not stored */
  count(kind: Kind, name: string, reason?: string): void {
    this.#counts.set(kind, this.of(kind) + 1);
    if (reason !== undefined) this.#reasons.push({ kind, name, reason });
    this.progress();
  }

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get done(): number {
    return KINDS.reduce((sum, kind) => sum + this.of(kind), 0);
  }

  progress(note = ''): void {
    const text = [`${this.done} of ${this.#total}: ${this.#numbers()}`, this.#bytes(), note]
      .filter(Boolean)
      .join('; ');
    if (this.#out.isTTY) {
      this.#lastLine = Date.now();
      this.#out.write(`\r\x1b[K${text.slice(0, this.#out.columns - 1)}`);
    } else if (note || Date.now() - this.#lastLine > LINE_MS) {
      this.#lastLine = Date.now();
      this.#out.write(`${text}\n`);
    }
  }

  /** A line for each file that is not stored, with the reason, and the totals. */
  summary(): string {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
    const order = this.#reasons.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    const lines = order.map(
      ({ kind, name, reason }) =>
        `${kind}  ${escapeControlCharacters(name)}  ${escapeControlCharacters(reason)}`,
    );
    return [...lines, this.#numbers()].join('\n');
  }

  #bytes(): string {
    const perSecond = this.#speed.perSecond();
    const speed = `${(perSecond / 1e6).toFixed(1)} MB/s`;
    if (this.#totalBytes === 0) return perSecond > 0 ? speed : '';
    const sent = `${formatBytes(this.#totalBytes - this.#leftBytes)} of ${formatBytes(this.#totalBytes)}`;
    if (perSecond === 0 || this.#leftBytes === 0) return sent;
    return `${sent}, ${speed}, ${formatDuration(this.#leftBytes / perSecond)} left`;
  }

  #numbers(): string {
    return KINDS.map((kind) => `${this.of(kind)} ${kind}`).join(', ');
  }
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
