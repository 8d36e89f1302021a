/** The number of pages of a document. Renders nothing for a single page. */
export function PageCount({ pages = 1 }: { pages?: number | undefined }) {
  return pages > 1 ? <span>{pages} pages</span> : null;
}
