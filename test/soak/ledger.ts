import type { Uids } from '../fixtures/dicom-uploads.ts';

/** What the clients of a load know, and what must therefore be true afterwards. */
export class Ledger {
  /** The patients, of whom nobody else has batches or studies. */
  readonly patients = new Map<string, KnownPatient>();
  /** The responses that came, by request. */
  readonly responses: KnownResponse[] = [];
  /** How often each action was completed. */
  readonly actions = new Map<string, number>();

  patient(id: string): KnownPatient {
    const known = this.patients.get(id) ?? { batches: new Map(), instances: [] };
    this.patients.set(id, known);
    return known;
  }

  count(action: string): void {
    this.actions.set(action, (this.actions.get(action) ?? 0) + 1);
  }
}

export interface KnownPatient {
  batches: Map<string, KnownBatch>;
  instances: KnownInstance[];
}

export interface KnownBatch {
  images: Map<string, KnownImage>;
}

export interface KnownImage {
  bytes: Buffer;
  /** S3 has acknowledged the upload. */
  isUploaded: boolean;
  state: 'there' | 'deleted' | 'unknown';
}

export interface KnownInstance {
  uids: Uids;
  bytes: Buffer;
}

export interface KnownResponse {
  requestId: string;
  request: string;
  status: number;
}
