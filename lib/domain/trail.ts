/** What a request came to touch, for the audit log: noted where it is decided who may see what, whatever the verdict. */
export interface Trail {
  patientIds: Set<string>;
  /** As `image 0190c6a4-7b3e-7000-8000-000000000000`. */
  things: Set<string>;
}

export const newTrail = (): Trail => ({ patientIds: new Set(), things: new Set() });

interface Thing {
  id?: string | undefined;
  patientId?: string | null | undefined;
}

/** Notes on the trail of whoever asks, if they leave one, what they asked for. */
export function note({ trail }: { trail?: Trail | undefined }, kind: string, { id, patientId }: Thing): void {
  if (id !== undefined) trail?.things.add(`${kind} ${id}`);
  if (patientId) trail?.patientIds.add(patientId);
}
