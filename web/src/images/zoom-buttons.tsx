import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import type { Zoom } from './use-zoom.ts';
import './zoom-buttons.css';

/** What the wheel and the keys do, for those who have neither. */
export const ZoomButtons = ({ zoom }: { zoom: Zoom }) => (
  <div className="zoom-buttons">
    <button
      type="button"
      className="icon-button"
      onClick={zoom.zoomOut}
      aria-label="Zoom out"
      title="Zoom out (−)"
    >
      <ZoomOut size={18} aria-hidden />
    </button>
    <button type="button" className="icon-button" onClick={zoom.fit} aria-label="Fit" title="Fit (0)">
      <Maximize size={18} aria-hidden />
    </button>
    <button
      type="button"
      className="icon-button"
      onClick={zoom.zoomIn}
      aria-label="Zoom in"
      title="Zoom in (+)"
    >
      <ZoomIn size={18} aria-hidden />
    </button>
  </div>
);
