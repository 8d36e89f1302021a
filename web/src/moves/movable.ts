import type { QueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { Batch, Image } from '../api/types.ts';
import { allOf, eachOf } from '../changes/each-of.ts';
import { readAgain } from '../changes/use-deletion.ts';
import { text } from '../messages/text.ts';

/** What can be moved to another patient. */
export type Movable =
  | { kind: 'images'; images: readonly Pick<Image, 'id' | 'batch' | 'original_name'>[]; batchName: string }
  | { kind: 'batch'; batch: Batch }
  | { kind: 'case'; caseId: string }
  | { kind: 'study'; study: string };

/** Where it goes, and why. */
export interface Destination {
  patientId: string;
  /** Of images: the batch of the patient, or the name of a new one. */
  batch?: { id: string } | { name: string };
  reason: string;
}

/** A finished move. */
export interface Move {
  /** What to say of it beside where it went. */
  note?: string;
  /** Moves it back. Undefined if that would not restore what was before. */
  undo?: () => Promise<unknown>;
}

/** What is to be moved, in words. */
export function titleOf(moved: Movable): string {
  const { what, ...values } = toldOf(moved);
  return text(`move-title.${what}`, values);
}

/** What was moved to a patient, in words. */
export function doneText(moved: Movable, patient: string): string {
  const { what, ...values } = toldOf(moved);
  return text(`moved.${what}`, { ...values, patient });
}

/** What the messages say of it. */
function toldOf(moved: Movable) {
  if (moved.kind === 'batch')
    return { what: 'batch', name: moved.batch.name, count: moved.batch.image_count } as const;
  if (moved.kind === 'case') return { what: 'case', id: moved.caseId } as const;
  if (moved.kind === 'study') return { what: 'study' } as const;
  const [only, ...others] = moved.images;
  return only && others.length === 0
    ? ({ what: 'image', name: only.original_name } as const)
    : ({ what: 'images', count: moved.images.length } as const);
}

const UNDONE = text('moves.undo-reason');
const LISTS = [
  ...['images', 'batches', 'summary', 'search', 'case', 'cases', 'gallery', 'deleted'],
  ...['study', 'studies'],
];

/**
 * Moves it to another patient.
 *
 * @throws ApiError if the service refuses, or some of many images were not moved
 */
export async function move(queries: QueryClient, moved: Movable, to: Destination): Promise<Move> {
  try {
    if (moved.kind === 'images') return await moveImages(queries, moved.images, to);
    if (moved.kind === 'batch') return await moveBatch(queries, moved.batch, to);
    if (moved.kind === 'case') return await moveCase(queries, moved.caseId, to);
    return await moveStudy(queries, moved.study, to);
  } finally {
    readAgain(queries, LISTS);
  }
}

/** The same request in another attempt moves nothing twice. */
const once = () => ({ 'Idempotency-Key': crypto.randomUUID() });

async function moveImages(
  queries: QueryClient,
  images: Extract<Movable, { kind: 'images' }>['images'],
  { patientId, batch: given, reason }: Destination,
): Promise<Move> {
  const made = given && 'name' in given ? await createBatch(patientId, given.name) : undefined;
  const batch = made ?? (given && 'id' in given ? given.id : undefined);
  const moves: { id: string; patient: string; batch?: string; case?: string }[] = [];
  const { failed, error } = await eachOf(images, async ({ id }) => {
    const before = await bodyOf(
      api.POST('/api/images/{id}/patient', {
        params: { path: { id } },
        headers: once(),
        body: { patient_id: patientId, reason, ...(batch && { batch }) },
      }),
    );
    if (before.previous_patient_id === null) return;
    moves.push({
      id,
      patient: before.previous_patient_id,
      ...(before.previous_batch && { batch: before.previous_batch }),
      ...(before.previous_case && { case: before.previous_case }),
    });
  });
  const undo = async () => {
    await allOf(moves, ({ id, patient, ...place }) =>
      api.POST('/api/images/{id}/patient', {
        params: { path: { id } },
        headers: once(),
        body: { patient_id: patient, reason: UNDONE, ...place },
      }),
    );
    // Made for the move, and empty again.
    if (made) await api.DELETE('/api/images/batches/{id}', { params: { path: { id: made } } });
    readAgain(queries, LISTS);
  };
  if (moves.length === 0 && failed.length > 0) throw error;
  return {
    ...(failed.length > 0 && {
      note: text('moves.partly-failed', { failed: failed.length, total: images.length }),
    }),
    ...(moves.length > 0 && { undo }),
  };
}

async function createBatch(patientId: string, name: string): Promise<string> {
  const body = { name, content_type: 'patients.patient' as const, object_id: patientId };
  return (await bodyOf(api.POST('/api/images/batches', { headers: once(), body }))).id;
}

async function moveBatch(queries: QueryClient, { id }: Batch, to: Destination): Promise<Move> {
  const send = (patient_id: string, reason: string) =>
    bodyOf(
      api.POST('/api/images/batches/{id}/patient', {
        params: { path: { id } },
        headers: once(),
        body: { patient_id, reason },
      }),
    );
  const { previous_patient_id: before } = await send(to.patientId, to.reason);
  if (before === null) return {};
  return { undo: () => send(before, UNDONE).finally(() => readAgain(queries, LISTS)) };
}

async function moveCase(queries: QueryClient, caseId: string, to: Destination): Promise<Move> {
  const send = (patientId: string, reason: string) =>
    bodyOf(
      api.POST('/api/v1/images/cases/{caseId}/patient', {
        params: { path: { caseId } },
        headers: once(),
        body: { patientId, reason },
      }),
    );
  const { previousPatientId, imagesLeft } = await send(to.patientId, to.reason);
  // The images that have left the case would not come back to it.
  if (imagesLeft > 0)
    return { note: text('moves.images-left', { count: imagesLeft, patient: previousPatientId }) };
  return { undo: () => send(previousPatientId, UNDONE).finally(() => readAgain(queries, LISTS)) };
}

async function moveStudy(queries: QueryClient, study: string, to: Destination): Promise<Move> {
  const send = (patientId: string | null, reason: string) =>
    bodyOf(
      api.POST('/dicom/studies/{study}/patient', {
        params: { path: { study } },
        headers: once(),
        body: { patientId, reason },
      }),
    );
  const { previousPatientId } = await send(to.patientId, to.reason);
  return { undo: () => send(previousPatientId, UNDONE).finally(() => readAgain(queries, LISTS)) };
}
