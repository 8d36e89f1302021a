import type { EyeSide, Image } from '../api/types.ts';
import { useImageChanges } from '../changes/use-image-changes.ts';
import { text } from '../messages/text.ts';
import { EYE_SIDES } from './eye-sides.ts';
import './eye-side-menu.css';

/** The eye side of an image, which can be corrected where it is seen to be wrong. */
export function EyeSideMenu({ image }: { image: Image }) {
  const change = useImageChanges();
  return (
    <select
      className="eye-side-menu"
      aria-label={text('compare.eye-of', { name: image.original_name })}
      value={image.eye_side}
      onChange={({ target }) => void change([image], { eye_side: target.value as EyeSide })}
    >
      {Object.keys(EYE_SIDES).map((side) => (
        <option key={side} value={side}>
          {text('compare.eye', { side })}
        </option>
      ))}
    </select>
  );
}
