import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { explain } from '../api/api-error.ts';
import type { Image } from '../api/types.ts';
import { categoryLabel } from '../images/categories.ts';
import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { changeBack, changeImages, type ImageChanges } from './image-changes.ts';
import { useToasts } from './toasts-provider.tsx';

/** Changes images, says so, and offers to undo it. Resolves to whether it succeeded. */
export function useImageChanges() {
  const queries = useQueryClient();
  const toasts = useToasts();
  return useMemo(() => {
    const change = async (images: readonly Image[], changes: ImageChanges): Promise<boolean> => {
      const fields = Object.keys(changes) as (keyof ImageChanges)[];
      const said = changedText(images, fields.map((field) => TEXTS[field]?.(changes)).join(', '));
      try {
        await changeImages(queries, images, changes);
        toasts.say(said, { undo: () => changeBack(queries, images, fields) });
        return true;
      } catch (error) {
        toasts.say(text('changes.not-saved', { reason: explain(error) }), {
          tone: 'bad',
          retry: () => change(images, changes),
        });
        return false;
      }
    };
    return change;
  }, [queries, toasts]);
}

const changedText = (images: readonly Image[], changes: string): string =>
  images.length === 1
    ? text('changes.image-changed', { name: images[0]?.original_name, changes })
    : text('changes.images-changed', { count: images.length, changes });

const TEXTS: Partial<Record<keyof ImageChanges, (changes: ImageChanges) => string>> = {
  category: ({ category = 'other' }) => categoryLabel(category),
  caption: ({ caption }) =>
    caption ? text('changes.caption', { caption: caption.slice(0, 60) }) : text('changes.no-caption'),
  eye_side: ({ eye_side = 'unknown' }) => text('changes.eye', { side: eye_side }),
  date_taken: ({ date_taken }) =>
    date_taken ? text('changes.taken', { day: formatLocalDay(date_taken) }) : text('changes.no-date'),
};
