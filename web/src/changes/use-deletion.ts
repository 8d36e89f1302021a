import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client.ts';
import type { Batch, Image } from '../api/types.ts';
import { dropBatch } from '../batches/batches.ts';
import { text } from '../messages/text.ts';
import { dropImage } from '../patient/images.ts';
import { allOf, eachOf } from './each-of.ts';
import { useToasts } from './toasts-provider.tsx';

/** An image of a batch, a case or neither. */
type Deleted = Pick<Image, 'id' | 'batch'> & { name: string };

/** Deletes images, batches and studies, says so, and offers to undo it. They throw if that failed. */
export function useDeletion() {
  const queries = useQueryClient();
  const toasts = useToasts();
  return useMemo(
    () => ({
      /** `onDeleted` is called before an image leaves its list. */
      deleteImages: async (images: readonly Deleted[], onDeleted?: () => void) => {
        const { failed, error } = await eachOf(images, async (image) => {
          await api.DELETE('/api/images/{id}', { params: { path: { id: image.id } } });
          onDeleted?.();
          dropImage(queries, image);
        });
        const deleted = images.filter((image) => !failed.includes(image));
        readAgain(queries, IMAGE_LISTS);
        if (deleted.length > 0) {
          toasts.say(deletedText(deleted), { undo: () => restoreImages(queries, deleted) });
        }
        if (failed.length > 0) throw error;
      },
      deleteBatch: async (batch: Batch) => {
        await api.DELETE('/api/images/batches/{id}', { params: { path: { id: batch.id } } });
        dropBatch(queries, batch);
        readAgain(queries, IMAGE_LISTS);
        toasts.say(text('changes.batch-deleted', { name: batch.name }), {
          undo: () => restoreBatch(queries, batch.id),
        });
      },
      /** `onDeleted` is called before its page finds nothing any more. */
      deleteStudy: async (study: string, onDeleted: () => void) => {
        await api.DELETE('/dicom-web/studies/{study}', { params: { path: { study } } });
        onDeleted();
        readAgain(queries, STUDY_LISTS);
        toasts.say(text('changes.study-deleted'), { undo: () => restoreStudy(queries, { study }) });
      },
    }),
    [queries, toasts],
  );
}

const deletedText = (images: readonly Deleted[]): string =>
  images.length === 1
    ? text('changes.image-deleted', { name: images[0]?.name })
    : text('changes.images-deleted', { count: images.length });

/** Restores deleted images. Throws the first error if one was not restored. */
export async function restoreImages(
  queries: QueryClient,
  images: readonly Pick<Image, 'id'>[],
): Promise<void> {
  try {
    await allOf(images, ({ id }) => api.POST('/api/images/{id}/restore', { params: { path: { id } } }));
  } finally {
    readAgain(queries, IMAGE_LISTS);
  }
}

/** Restores a deleted batch with the images that were deleted with it. */
export async function restoreBatch(queries: QueryClient, id: string): Promise<void> {
  await api.POST('/api/images/batches/{id}/restore', { params: { path: { id } } });
  readAgain(queries, IMAGE_LISTS);
}

/** What was deleted of a study: all of it, a series, or an instance. */
export interface DeletedPart {
  study: string;
  series?: string | undefined;
  instance?: string | undefined;
}

/** Restores a deleted study, series or instance. */
export async function restoreStudy(
  queries: QueryClient,
  { study, series, instance }: DeletedPart,
): Promise<void> {
  const path = { study, series: series ?? '', instance: instance ?? '' };
  if (instance) {
    await api.POST('/dicom-web/studies/{study}/series/{series}/instances/{instance}/restore', {
      params: { path },
    });
  } else if (series) {
    await api.POST('/dicom-web/studies/{study}/series/{series}/restore', { params: { path } });
  } else {
    await api.POST('/dicom-web/studies/{study}/restore', { params: { path } });
  }
  readAgain(queries, STUDY_LISTS);
}

const IMAGE_LISTS = ['images', 'batches', 'summary', 'search', 'case', 'cases', 'gallery', 'deleted'];
const STUDY_LISTS = ['study', 'studies', 'deleted'];

/** Reads lists again that a change has made incomplete, also where no live update tells. */
export function readAgain(queries: QueryClient, kinds: readonly string[]): void {
  for (const kind of kinds) void queries.invalidateQueries({ queryKey: [kind] });
}
