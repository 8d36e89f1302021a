import type { Image } from '../api/types.ts';
import { useImageChanges } from '../changes/use-image-changes.ts';
import { text } from '../messages/text.ts';
import './date-taken.css';

/** The day on which an image was taken. Changes are saved automatically. */
export function DateTaken({ image }: { image: Image }) {
  const change = useImageChanges();
  return (
    <span className="date-taken">
      <label>
        {text('patient-page.taken')}
        <input
          key={`${image.id} ${image.date_taken}`}
          type="date"
          defaultValue={image.date_taken ?? ''}
          onBlur={({ target }) =>
            target.validity.valid &&
            target.value !== (image.date_taken ?? '') &&
            void change([image], { date_taken: target.value || null })
          }
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </label>
    </span>
  );
}
