import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import './folded-list.css';

interface FoldedListProps {
  title: string;
  /** The number of entries, as far as it is known. */
  total: string;
  children: ReactNode;
}

/** A collapsed list. Only one is open at a time, so that the content below stays visible. */
export function FoldedList({ title, total, children }: FoldedListProps) {
  return (
    <details className="folded-list" name="folded-list">
      <summary>
        <ChevronRight size={18} aria-hidden /> {title} <span className="quiet">{total}</span>
      </summary>
      {children}
    </details>
  );
}
