/** How many pages a document has of which the first is shown; nothing of one page, and of what has none. */
export function PageCount({ pages = 1 }: { pages?: number | undefined }) {
  return pages > 1 ? <span>page 1 of {pages}</span> : null;
}
