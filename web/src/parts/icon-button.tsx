import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type' | 'children' | 'aria-label'> {
  icon: LucideIcon;
  /** Its accessible name. */
  label: string;
  /** The size of the icon, in pixels. */
  size?: number;
}

/** A button with an icon and no text. */
export const IconButton = ({ icon: Icon, label, size = 18, className = '', ...button }: IconButtonProps) => (
  <button type="button" className={`icon-button ${className}`.trim()} aria-label={label} {...button}>
    <Icon size={size} aria-hidden />
  </button>
);
