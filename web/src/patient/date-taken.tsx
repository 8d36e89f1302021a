import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { putImage } from './images.ts';
import './date-taken.css';

/** The day on which an image was taken. Changes are saved automatically. */
export function DateTaken({ image }: { image: Image }) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const save = async (day: string) => {
    try {
      const params = { path: { id: image.id } };
      putImage(
        queries,
        await bodyOf(api.PATCH('/api/images/{id}', { params, body: { date_taken: day || null } })),
      );
      await queries.invalidateQueries({ queryKey: ['search'] });
      setFailure(undefined);
    } catch (error) {
      setFailure(`Not saved: ${explain(error)}`);
    }
  };
  return (
    <span className="date-taken">
      <label>
        Taken
        <input
          key={`${image.id} ${image.date_taken}`}
          type="date"
          defaultValue={image.date_taken ?? ''}
          onBlur={({ target }) =>
            target.validity.valid && target.value !== (image.date_taken ?? '') && void save(target.value)
          }
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </label>
      {failure && (
        <span className="field-error" role="alert">
          {failure}
        </span>
      )}
    </span>
  );
}
