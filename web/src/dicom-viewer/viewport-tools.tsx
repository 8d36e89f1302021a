import {
  Contrast,
  FlipHorizontal2,
  type LucideIcon,
  Move,
  RotateCcw,
  RotateCw,
  SunMoon,
  ZoomIn,
} from 'lucide-react';
import { text } from '../messages/text.ts';
import type { DragTool } from './cornerstone.ts';
import type { DicomViewport, ViewportState } from './dicom-viewport.ts';
import type { Frame } from './frame.ts';
import { WindowControls } from './window-controls.tsx';

const TOOLS: [tool: DragTool, name: string, icon: LucideIcon, hint: string][] = [
  ['window', text('dicom-viewer.window'), Contrast, text('dicom-viewer.window-hint')],
  ['pan', text('dicom-viewer.pan'), Move, text('dicom-viewer.pan-hint')],
  ['zoom', text('dicom-viewer.zoom'), ZoomIn, text('dicom-viewer.zoom-hint')],
];

interface ViewportToolsProps {
  stage: DicomViewport | undefined;
  state: ViewportState;
  tool: DragTool;
  onTool: (tool: DragTool) => void;
  /** The frame to show; undefined hides the tools. */
  frame: Frame | undefined;
}

/** The tools of a viewport. */
export function ViewportTools({ stage, state, tool, onTool, frame }: ViewportToolsProps) {
  return (
    <div className="stage-tools" role="toolbar" aria-label={text('dicom-viewer.tools')} hidden={!frame}>
      {TOOLS.map(([name, label, icon, hint]) => (
        <ToolButton
          key={name}
          icon={icon}
          label={label}
          hint={hint}
          isPressed={tool === name}
          onClick={() => onTool(name)}
        />
      ))}
      <ToolButton
        icon={RotateCw}
        label={text('viewer.turn')}
        hint={text('viewer.turn-key')}
        onClick={() => stage?.turn()}
      />
      <ToolButton
        icon={FlipHorizontal2}
        label={text('viewer.flip')}
        hint={text('viewer.flip-key')}
        isPressed={state.isFlipped}
        onClick={() => stage?.flip()}
      />
      <ToolButton
        icon={SunMoon}
        label={text('dicom-viewer.invert')}
        hint={text('dicom-viewer.invert-key')}
        isPressed={state.isInverted}
        onClick={() => stage?.invert()}
      />
      <ToolButton
        icon={RotateCcw}
        label={text('dicom-viewer.reset')}
        hint={text('dicom-viewer.reset-key')}
        onClick={() => stage?.reset()}
      />
      {frame && state.window && stage && (
        <WindowControls stage={stage} window={state.window} state={state} frame={frame} />
      )}
    </div>
  );
}

interface ToolButtonProps {
  icon: LucideIcon;
  label: string;
  hint: string;
  /** Undefined for a button that is not on or off. */
  isPressed?: boolean;
  onClick: () => void;
}

const ToolButton = ({ icon: Icon, label, hint, isPressed, onClick }: ToolButtonProps) => (
  <button type="button" className="button small" aria-pressed={isPressed} onClick={onClick} title={hint}>
    <Icon size={16} aria-hidden /> <span className="stage-word">{label}</span>
  </button>
);
