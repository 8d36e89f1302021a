import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { IconButton } from '../parts/icon-button.tsx';
import type { Zoom } from './use-zoom.ts';
import './zoom-buttons.css';

/** Zoom buttons, for users without a wheel or keyboard. */
export const ZoomButtons = ({ zoom }: { zoom: Zoom }) => (
  <div className="zoom-buttons">
    <IconButton icon={ZoomOut} onClick={zoom.zoomOut} label="Zoom out" title="Zoom out (−)" />
    <IconButton icon={Maximize} onClick={zoom.fit} label="Fit" title="Fit (0)" />
    <IconButton icon={ZoomIn} onClick={zoom.zoomIn} label="Zoom in" title="Zoom in (+)" />
  </div>
);
