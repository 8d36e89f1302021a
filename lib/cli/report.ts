import { escapeControlCharacters } from './escape-control-characters.ts';

/** The possible outcomes of a file, in the order of the summary. */
const KINDS = ['stored', 'already there', 'skipped', 'refused', 'failed'] as const;
type Kind = (typeof KINDS)[number];

/** Time between two lines if the output is not a terminal. */
const LINE_MS = 5000;

/** Reports the progress, on one line of a terminal or as separate lines, and the summary at the end. */
export class Report {
  readonly #counts = new Map<Kind, number>();
  readonly #reasons: { kind: Kind; name: string; reason: string }[] = [];
  readonly #out: NodeJS.WriteStream;
  #total = 0;
  #lastLine = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  set total(total: number) {
    this.#total = total;
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
    const text = `${this.done} of ${this.#total}: ${this.#numbers()}${note && `; ${note}`}`;
    if (this.#out.isTTY) this.#out.write(`\r\x1b[K${text.slice(0, this.#out.columns - 1)}`);
    else if (note || Date.now() - this.#lastLine > LINE_MS) {
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

  #numbers(): string {
    return KINDS.map((kind) => `${this.of(kind)} ${kind}`).join(', ');
  }
}
