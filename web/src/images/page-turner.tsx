import { ChevronDown, ChevronUp } from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import './page-turner.css';

interface PageTurnerProps {
  /** From 1. */
  page: number;
  pages: number;
  onTurn: (page: number) => void;
}

/** Turns the pages of a document, by buttons and by the keys PageUp and PageDown. */
export function PageTurner({ page, pages, onTurn }: PageTurnerProps) {
  // The keys do not scroll the page behind, also where there is no page to turn to.
  useShortcuts({
    'previous-page': () => page > 1 && onTurn(page - 1),
    'next-page': () => page < pages && onTurn(page + 1),
  });

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
