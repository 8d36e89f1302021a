import { text } from '../messages/text.ts';

/** The number of pages of a document. Renders nothing for a single page. */
export function PageCount({ pages = 1 }: { pages?: number | undefined }) {
  return pages > 1 ? <span>{text('images.page-count', { pages })}</span> : null;
}
