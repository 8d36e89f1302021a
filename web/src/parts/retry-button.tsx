import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { text } from '../messages/text.ts';

/** An answer that comes at once would leave the button as it is, as if nobody had pressed it; milliseconds. */
const LEAST_MS = 500;

/** “Try again”, which shows that it does. */
export function RetryButton({ onRetry }: { onRetry: () => unknown }) {
  const [isBusy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      await Promise.all([onRetry(), new Promise((resolve) => setTimeout(resolve, LEAST_MS))]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className="button small" onClick={retry} disabled={isBusy}>
      <RotateCcw size={16} className={isBusy ? 'turning' : ''} aria-hidden />
      {text(isBusy ? 'parts.trying' : 'parts.try-again')}
    </button>
  );
}
