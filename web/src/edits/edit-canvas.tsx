import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { applyEdits, type Picture } from '../../../lib/domain/images/apply-edits.ts';
import type { EditSteps } from '../../../lib/domain/images/image-edit.ts';
import { text } from '../messages/text.ts';

interface EditCanvasProps {
  picture: Picture;
  steps: EditSteps;
  onCrop: (crop: NonNullable<EditSteps['crop']>) => void;
}

interface Corners {
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** A smaller part is a click. */
const LEAST_PART = 0.02;

/** The picture as its edits show it. A drag over it crops. */
export function EditCanvas({ picture, steps, onCrop }: EditCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [dragged, setDragged] = useState<Corners>();
  useEffect(() => {
    const { data, width, height } = applyEdits(picture, steps);
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    canvas.current.width = width;
    canvas.current.height = height;
    context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  }, [picture, steps]);
  const end = () => {
    const crop = dragged && partOf(dragged);
    setDragged(undefined);
    if (crop && crop.width > LEAST_PART && crop.height > LEAST_PART) onCrop(crop);
  };
  const part = dragged && partOf(dragged);
  return (
    <div className="edit-stage">
      <div className="edit-picture">
        <canvas
          ref={canvas}
          aria-label={text('edits.preview')}
          role="img"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragged({ from: placeOf(event), to: placeOf(event) });
          }}
          onPointerMove={(event) => dragged && setDragged({ ...dragged, to: placeOf(event) })}
          onPointerUp={end}
          onPointerCancel={() => setDragged(undefined)}
        />
        {part && (
          <div
            className="edit-part"
            style={{
              left: `${part.left * 100}%`,
              top: `${part.top * 100}%`,
              width: `${part.width * 100}%`,
              height: `${part.height * 100}%`,
            }}
          />
        )}
      </div>
    </div>
  );
}

/** Where the pointer is, as fractions of the sides. */
function placeOf({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const fraction = (value: number) => Math.min(Math.max(value, 0), 1);
  return { x: fraction((clientX - left) / width), y: fraction((clientY - top) / height) };
}

const partOf = ({ from, to }: Corners) => ({
  left: Math.min(from.x, to.x),
  top: Math.min(from.y, to.y),
  width: Math.abs(from.x - to.x),
  height: Math.abs(from.y - to.y),
});
