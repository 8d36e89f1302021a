import { useState } from 'react';
import { text } from '../messages/text.ts';
import './caption.css';

/** The number of characters that fit into two lines on most screens. */
const SHORT = 120;

/** A caption above its image. It is expanded only on request. */
export function Caption({ caption }: { caption: string }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = caption.length > SHORT || caption.includes('\n');
  return (
    <span className="caption">
      <span className={isWhole ? 'caption-whole' : 'caption-start'}>{caption}</span>
      {isLong && (
        <button
          type="button"
          className="caption-more"
          onClick={() => setWhole(!isWhole)}
          aria-expanded={isWhole}
        >
          {text(isWhole ? 'images.less' : 'images.more')}
        </button>
      )}
    </span>
  );
}
