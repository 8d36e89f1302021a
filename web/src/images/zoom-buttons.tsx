import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { Zoom } from './use-zoom.ts';
import './zoom-buttons.css';

/** Zoom buttons, for users without a wheel or keyboard. */
export const ZoomButtons = ({ zoom }: { zoom: Zoom }) => (
  <div className="zoom-buttons">
    <IconButton
      icon={ZoomOut}
      onClick={zoom.zoomOut}
      label={text('images.zoom-out')}
      title={text('images.zoom-out-hint')}
    />
    <IconButton
      icon={Maximize}
      onClick={zoom.fit}
      label={text('images.fit')}
      title={text('images.fit-hint')}
    />
    <IconButton
      icon={ZoomIn}
      onClick={zoom.zoomIn}
      label={text('images.zoom-in')}
      title={text('images.zoom-in-hint')}
    />
  </div>
);
