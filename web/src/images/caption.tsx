import { useState } from 'react';
import './caption.css';

/** The number of characters that fit into two lines on most screens. */
const SHORT = 120;

/** A caption above its image. It is expanded only on request. */
export function Caption({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > SHORT || text.includes('\n');
  return (
    <span className="caption">
      <span className={isWhole ? 'caption-whole' : 'caption-start'}>{text}</span>
      {isLong && (
        <button
          type="button"
          className="caption-more"
          onClick={() => setWhole(!isWhole)}
          aria-expanded={isWhole}
        >
          {isWhole ? 'Less' : 'More'}
        </button>
      )}
    </span>
  );
}
