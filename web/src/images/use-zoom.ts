import Panzoom, { type PanzoomObject } from '@panzoom/panzoom';
import { useMemo } from 'react';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';

/** Zoom and pan of one image, or of several synchronized images. */
export interface Zoom {
  /** The `ref` of an image element. */
  attach: (picture: HTMLImageElement | null) => (() => void) | undefined;
  zoomIn: () => void;
  zoomOut: () => void;
  fit: () => void;
}

const MOST = 12;

/** Zooms all attached images by wheel, touch, mouse and the keys `+`, `-` and `0`. */
export function useZoom(): Zoom {
  const zoom = useMemo(makeZoom, []);
  useShortcuts({ 'zoom-in': zoom.zoomIn, 'zoom-out': zoom.zoomOut, fit: zoom.fit });
  return zoom;
}

function makeZoom(): Zoom {
  const pictures = new Map<HTMLImageElement, PanzoomObject>();
  // Silently, here and below: a synchronized image must not send the change back.
  const silent = { silent: true };
  const follow = (leader: PanzoomObject) => {
    const scale = leader.getScale();
    const { x, y } = leader.getPan();
    for (const picture of pictures.values()) {
      if (picture === leader) continue;
      picture.zoom(scale, silent);
      picture.pan(x, y, { ...silent, force: true });
    }
  };
  const all = (move: (picture: PanzoomObject) => void) => () => {
    for (const picture of pictures.values()) move(picture);
  };
  return {
    attach: (picture) => {
      const stage = picture?.parentElement;
      if (!picture || !stage) return;
      const panzoom = Panzoom(picture, {
        maxScale: MOST,
        minScale: 1,
        panOnlyWhenZoomed: true,
        cursor: 'default',
      });
      // A new image starts fitted to its stage, and the others are reset with it.
      const lead = () => follow(panzoom);
      pictures.set(picture, panzoom);
      picture.addEventListener('panzoomchange', lead);
      stage.addEventListener('wheel', panzoom.zoomWithWheel, { passive: false });
      return () => {
        stage.removeEventListener('wheel', panzoom.zoomWithWheel);
        picture.removeEventListener('panzoomchange', lead);
        panzoom.destroy();
        pictures.delete(picture);
      };
    },
    zoomIn: all((picture) => picture.zoomIn(silent)),
    zoomOut: all((picture) => picture.zoomOut(silent)),
    fit: all((picture) => picture.reset(silent)),
  };
}
