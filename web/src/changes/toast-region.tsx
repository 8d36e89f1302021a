import { RotateCcw, Undo2, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { Toasts } from './toasts.ts';
import './toast-region.css';

/** The latest message about what was done, above the page. It moves nothing and takes no focus. */
export function ToastRegion({ toasts }: { toasts: Toasts }) {
  const toast = useSyncExternalStore(toasts.subscribe, toasts.shown);
  return (
    <section
      className="toast-region"
      aria-label={text('changes.region')}
      onPointerEnter={toasts.hold}
      onPointerLeave={toasts.release}
      onFocus={toasts.hold}
      onBlur={toasts.release}
    >
      <div role="status">
        {toast && (
          <div className={`toast ${toast.tone}`}>
            <span className="toast-text">{toast.text}</span>
            {toast.link && (
              <Link href={toast.link.href} className="button small" onClick={toasts.close}>
                {toast.link.label}
              </Link>
            )}
            {toast.retry && (
              <button type="button" className="button small" onClick={() => void toast.retry?.()}>
                <RotateCcw size={16} aria-hidden /> {text('changes.try-again')}
              </button>
            )}
            {toast.undo && (
              <button
                type="button"
                className="button small"
                title={text('changes.undo-hint')}
                onClick={() => void toasts.undo(toast)}
              >
                <Undo2 size={16} aria-hidden /> {text('changes.undo')}
              </button>
            )}
            <IconButton
              icon={X}
              size={16}
              onClick={toasts.close}
              label={text('changes.close')}
              title={text('changes.close-hint')}
            />
          </div>
        )}
      </div>
    </section>
  );
}
