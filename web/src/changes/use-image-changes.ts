import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { explain } from '../api/api-error.ts';
import type { Image } from '../api/types.ts';
import { categoryLabel } from '../images/categories.ts';
import { EYE_SIDES } from '../images/eye-sides.ts';
import { count, formatLocalDay } from '../parts/format.ts';
import { changeBack, changeImages, type ImageChanges } from './image-changes.ts';
import { useToasts } from './toasts-provider.tsx';

/** Changes images, says so, and offers to undo it. Resolves to whether it succeeded. */
export function useImageChanges() {
  const queries = useQueryClient();
  const toasts = useToasts();
  return useMemo(() => {
    const change = async (images: readonly Image[], changes: ImageChanges): Promise<boolean> => {
      const fields = Object.keys(changes) as (keyof ImageChanges)[];
      const text = `${whatOf(images)}: ${fields.map((field) => TEXTS[field]?.(changes)).join(', ')}`;
      try {
        await changeImages(queries, images, changes);
        toasts.say(text, { undo: () => changeBack(queries, images, fields) });
        return true;
      } catch (error) {
        toasts.say(`Not saved. ${explain(error)}`, { tone: 'bad', retry: () => change(images, changes) });
        return false;
      }
    };
    return change;
  }, [queries, toasts]);
}

const whatOf = (images: readonly Image[]): string =>
  images.length === 1 ? (images[0]?.original_name ?? '') : count(images.length, 'image');

const TEXTS: Partial<Record<keyof ImageChanges, (changes: ImageChanges) => string>> = {
  category: ({ category = 'other' }) => categoryLabel(category),
  caption: ({ caption }) => (caption ? `“${caption.slice(0, 60)}”` : 'no caption'),
  eye_side: ({ eye_side = 'unknown' }) => `eye ${EYE_SIDES[eye_side].toLowerCase()}`,
  date_taken: ({ date_taken }) => (date_taken ? `taken ${formatLocalDay(date_taken)}` : 'no date taken'),
};
