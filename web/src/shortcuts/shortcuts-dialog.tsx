import { type MessageId, text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { SHORTCUTS, type Shortcut } from './shortcuts.ts';
import './shortcuts-dialog.css';

interface ShortcutsDialogProps {
  listed: readonly Shortcut[];
  onClose: () => void;
}

/** Lists shortcuts with their keys. */
export function ShortcutsDialog({ listed, onClose }: ShortcutsDialogProps) {
  return (
    <Dialog title={text('shortcuts.title')} onClose={onClose}>
      <dl className="shortcuts">
        {listed.map((id) => (
          <div key={id}>
            <dt>{text(`shortcuts.${id}`)}</dt>
            <dd>
              {SHORTCUTS[id].map((key) => (
                <kbd key={key}>{shownKey(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('shortcuts.close')}
        </button>
      </div>
    </Dialog>
  );
}

const isMac = navigator.platform.startsWith('Mac');
const ARROWS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** The label of a key on the keyboard. */
function shownKey(key: string): string {
  const parts = key === '+' ? ['+'] : key.split('+');
  return parts.map((part) => ARROWS[part] ?? named(part)).join(' + ');
}

function named(part: string): string {
  if (part === 'Mod') return isMac ? '⌘' : text('key.Control');
  const id = `key.${part}`;
  return part.length === 1 ? part.toUpperCase() : text(id as MessageId);
}
