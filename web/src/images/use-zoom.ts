import Panzoom, { type PanzoomObject } from '@panzoom/panzoom';
import { useEffect, useMemo } from 'react';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';

/** Zoom and pan of an image. */
export interface Zoom {
  /** The `ref` of what is zoomed in its parent element: an image, or what has it. */
  attach: (element: HTMLElement | null) => (() => void) | undefined;
  zoomIn: () => void;
  zoomOut: () => void;
  fit: () => void;
}

/** Images that move together while they are linked. */
interface Group {
  members: Map<HTMLElement, PanzoomObject>;
  isLinked: boolean;
  /** The one that was pointed at last, to which the keys apply. */
  last?: Zoom;
}

const MOST = 12;

/** Zooms an image by wheel, touch, mouse and the keys `+`, `-` and `0`. */
export function useZoom(): Zoom {
  const zoom = useMemo(() => makeZoom({ members: new Map(), isLinked: false }), []);
  useShortcuts({ 'zoom-in': zoom.zoomIn, 'zoom-out': zoom.zoomOut, fit: zoom.fit });
  return zoom;
}

/** The same for two images, which move as one while they are linked. Otherwise the keys are for the last one that was used. */
export function useTwoZooms(isLinked: boolean): readonly [Zoom, Zoom] {
  const { group, zooms } = useMemo(() => {
    const group: Group = { members: new Map(), isLinked: true };
    return { group, zooms: [makeZoom(group), makeZoom(group)] as const };
  }, []);
  useEffect(() => {
    group.isLinked = isLinked;
    // Two views that differ would stay apart.
    if (isLinked) zooms[0].fit();
  }, [group, zooms, isLinked]);
  const current = () => group.last ?? zooms[0];
  useShortcuts({
    'zoom-in': () => current().zoomIn(),
    'zoom-out': () => current().zoomOut(),
    fit: () => current().fit(),
  });
  return zooms;
}

// A synchronized image must not send the change back.
const SILENT = { silent: true };

function makeZoom(group: Group): Zoom {
  const own = new Map<HTMLElement, PanzoomObject>();
  const follow = (leader: PanzoomObject) => {
    if (!group.isLinked) return;
    const scale = leader.getScale();
    const { x, y } = leader.getPan();
    for (const member of group.members.values()) {
      if (member === leader) continue;
      member.zoom(scale, SILENT);
      member.pan(x, y, { ...SILENT, force: true });
    }
  };
  const all = (move: (member: PanzoomObject) => void) => () => {
    for (const member of (group.isLinked ? group.members : own).values()) move(member);
  };
  const zoom: Zoom = {
    attach: (element) => {
      const stage = element?.parentElement;
      if (!element || !stage) return;
      const panzoom = Panzoom(element, {
        maxScale: MOST,
        minScale: 1,
        panOnlyWhenZoomed: true,
        cursor: 'default',
        setTransform: draw,
      });
      const ending = new AbortController();
      const { signal } = ending;
      const take = () => {
        group.last = zoom;
      };
      // A new image starts fitted to its stage, and the others are reset with it.
      for (const members of [own, group.members]) members.set(element, panzoom);
      element.addEventListener('panzoomchange', () => follow(panzoom), { signal });
      stage.addEventListener('wheel', panzoom.zoomWithWheel, { passive: false, signal });
      for (const type of ['pointerdown', 'wheel', 'focusin']) {
        stage.addEventListener(type, take, { passive: true, capture: true, signal });
      }
      return () => {
        ending.abort();
        panzoom.destroy();
        for (const members of [own, group.members]) members.delete(element);
      };
    },
    zoomIn: all((member) => member.zoomIn(SILENT)),
    zoomOut: all((member) => member.zoomOut(SILENT)),
    fit: all((member) => member.reset(SILENT)),
  };
  return zoom;
}

/** What lies on the image, such as a mark, can keep its size by `--zoom`. */
function draw(element: HTMLElement | SVGElement, { scale, x, y }: { scale: number; x: number; y: number }) {
  element.style.transform = `scale(${scale}) translate(${x}px, ${y}px)`;
  element.style.setProperty('--zoom', String(scale));
}
