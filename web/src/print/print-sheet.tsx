import { createPortal } from 'react-dom';
import type { Image } from '../api/types.ts';
import { CATEGORY_LABELS } from '../images/categories.ts';
import { formatDate, formatTime } from '../parts/format.ts';
import './print-sheet.css';

/** How many images go on a page, and how many stand beside one another. */
export const LAYOUTS = { 1: 1, 2: 1, 4: 2, 6: 2, 9: 3 } as const;
/** One of the numbers that can be chosen. */
export type PerPage = keyof typeof LAYOUTS;

interface PrintSheetProps {
  patientId: string;
  batchName: string;
  images: readonly Image[];
  urls: ReadonlyMap<string, string>;
  perPage: PerPage;
  /** What is told once it is there, to wait for its pictures. */
  onDrawn: (sheet: HTMLElement) => void;
}

/** What goes on paper, and is not to be seen before. A table, since its head is printed on each page. */
export function PrintSheet({ patientId, batchName, images, urls, perPage, onDrawn }: PrintSheetProps) {
  const columns = LAYOUTS[perPage];
  const rows = Array.from({ length: Math.ceil(images.length / columns) }, (_value, row) =>
    images.slice(row * columns, (row + 1) * columns),
  );
  return createPortal(
    <table className={`print-sheet per-${perPage}`} ref={(sheet) => void (sheet && onDrawn(sheet))}>
      <thead>
        <tr>
          <th colSpan={columns}>
            <div className="print-head">
              <span>Patient {patientId}</span>
              <span className="print-batch">{batchName}</span>
              <span className="print-time">Printed {formatTime(new Date().toISOString())}</span>
            </div>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]?.id}>
            {row.map((image) => (
              <td key={image.id}>
                <img src={urls.get(image.id)} alt={image.original_name} />
                <div className="print-facts">
                  <b>{CATEGORY_LABELS[image.category]}</b>
                  {' · '}
                  {formatDate(image.date_taken ?? image.uploaded_at)}
                  {' · '}
                  {image.original_name}
                </div>
                {image.caption && <div className="print-caption">{image.caption}</div>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>,
    document.body,
  );
}
