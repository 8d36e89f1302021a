import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect } from 'react';
import { IconButton } from '../parts/icon-button.tsx';
import { isTyping } from '../parts/is-typing.ts';
import './page-turner.css';

interface PageTurnerProps {
  /** From 1. */
  page: number;
  pages: number;
  onTurn: (page: number) => void;
}

/** Turns the pages of a document, by buttons and by the keys PageUp and PageDown. */
export function PageTurner({ page, pages, onTurn }: PageTurnerProps) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      if (event.key !== 'PageUp' && event.key !== 'PageDown') return;
      const to = event.key === 'PageUp' ? page - 1 : page + 1;
      if (to >= 1 && to <= pages) onTurn(to);
      // The key does not scroll the page behind, also where there is no page to turn to.
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [page, pages, onTurn]);

  return (
    <fieldset className="page-turner" aria-label="Pages">
      <IconButton
        icon={ChevronUp}
        disabled={page <= 1}
        onClick={() => onTurn(page - 1)}
        label="Previous page"
        title="Previous page (Page Up)"
      />
      <span role="status">
        page {page} of {pages}
      </span>
      <IconButton
        icon={ChevronDown}
        disabled={page >= pages}
        onClick={() => onTurn(page + 1)}
        label="Next page"
        title="Next page (Page Down)"
      />
    </fieldset>
  );
}
