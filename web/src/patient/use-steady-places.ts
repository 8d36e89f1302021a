import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { steadyOrder } from './steady-order.ts';

/**
 * The images at their places, which stay the same while somebody points at them. An image that is gone leaves its place empty.
 * `placeOf` returns what keeps its place when an image gets its id; `pointing` are the handlers of the element around the images.
 */
export function useSteadyPlaces<T extends { id: string }>(
  images: readonly T[],
  placeOf: (id: string) => string = (id) => id,
) {
  const [isPointed, setPointed] = useState(false);
  const shown = useRef<readonly string[]>([]);
  const places = useMemo(() => {
    const byId = new Map(images.map((image) => [placeOf(image.id), image]));
    const latest = [...byId.keys()];
    const order = isPointed ? steadyOrder(shown.current, latest) : latest;
    return order.map((id) => ({ id, image: byId.get(id) }));
  }, [images, isPointed, placeOf]);
  useLayoutEffect(() => {
    shown.current = places.map(({ id }) => id);
  }, [places]);
  const pointing = { onPointerEnter: () => setPointed(true), onPointerLeave: () => setPointed(false) };
  return { places, pointing };
}
