import {
  Circle,
  Eye,
  EyeOff,
  type LucideIcon,
  MoveUpRight,
  Pencil,
  Pentagon,
  Ruler,
  Scaling,
  Square,
  Triangle,
  Type,
} from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { ShapeKind } from './drawing.ts';

interface ToolsProps {
  kinds: readonly ShapeKind[];
  tool: ShapeKind | undefined;
  onChoose: (tool: ShapeKind | undefined) => void;
}

const ICONS: Readonly<Record<ShapeKind, LucideIcon>> = {
  text: Type,
  arrow: MoveUpRight,
  freehand: Pencil,
  ellipse: Circle,
  polygon: Pentagon,
  length: Ruler,
  angle: Triangle,
  area: Square,
  calibration: Scaling,
};

/** What can be drawn. */
export const Tools = ({ kinds, tool, onChoose }: ToolsProps) => (
  <div className="annotation-kinds" role="toolbar" aria-label={text('annotations.tools')}>
    {kinds.map((kind) => (
      <IconButton
        key={kind}
        icon={ICONS[kind]}
        aria-pressed={tool === kind}
        onClick={() => onChoose(tool === kind ? undefined : kind)}
        label={text(`annotation-kind.${kind}`)}
        title={text(`annotation-hint.${kind}`)}
      />
    ))}
  </div>
);

interface HideButtonProps {
  isHidden: boolean;
  onHide: (isHidden: boolean) => void;
}

/** Hides what lies over the picture. */
export const HideButton = ({ isHidden, onHide }: HideButtonProps) => (
  <IconButton
    icon={isHidden ? EyeOff : Eye}
    aria-pressed={isHidden}
    onClick={() => onHide(!isHidden)}
    label={text('annotations.hide')}
    title={text('annotations.hide')}
  />
);
