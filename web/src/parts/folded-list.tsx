import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import './folded-list.css';

interface FoldedListProps {
  title: string;
  /** How many there are, as far as is known. */
  total: string;
  children: ReactNode;
}

/** A list that takes one line until somebody opens it; only one is open at a time, so that what is below keeps its room. */
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
