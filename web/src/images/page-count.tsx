/** The page count of a document whose first page is shown. Renders nothing for a single page. */
export function PageCount({ pages = 1 }: { pages?: number | undefined }) {
  return pages > 1 ? <span>page 1 of {pages}</span> : null;
}
