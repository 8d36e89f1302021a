import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect } from 'react';
import { text } from '../messages/text.ts';
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
    <fieldset className="page-turner" aria-label={text('images.pages')}>
      <IconButton
        icon={ChevronUp}
        disabled={page <= 1}
        onClick={() => onTurn(page - 1)}
        label={text('images.previous-page')}
        title={text('images.previous-page-hint')}
      />
      <span role="status">{text('images.page', { page, pages })}</span>
      <IconButton
        icon={ChevronDown}
        disabled={page >= pages}
        onClick={() => onTurn(page + 1)}
        label={text('images.next-page')}
        title={text('images.next-page-hint')}
      />
    </fieldset>
  );
}
