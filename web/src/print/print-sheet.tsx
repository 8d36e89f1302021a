import { createPortal } from 'react-dom';
import type { Image } from '../api/types.ts';
import { eyeColumns, eyeRows } from '../images/eye-columns.ts';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { formatTime } from '../parts/format.ts';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import type { Printable } from './printable.ts';
import { PrintedImage } from './printed-image.tsx';
import './print-sheet.css';

/** The number of images on a page, and of columns. */
export const LAYOUTS = { 1: 1, 2: 1, 4: 2, 6: 2, 9: 3 } as const;
/** A number of images on a page that can be selected. */
export type PerPage = keyof typeof LAYOUTS;

interface PrintSheetProps {
  patientId: string;
  batchName: string;
  images: readonly Image[];
  printable: Printable;
  /** Or two beside each other. */
  perPage: PerPage | 'pair';
  /** What must not be overlooked on the paper. */
  warning?: string | undefined;
  /** Called once the sheet is rendered, to wait for its images. */
  onDrawn: (sheet: HTMLElement) => void;
}

/** The printed sheet, invisible on the screen. A table, because browsers print its head on each page. */
export function PrintSheet({
  patientId,
  batchName,
  images,
  printable,
  perPage,
  warning,
  onDrawn,
}: PrintSheetProps) {
  const { clinic } = pageConfig();
  const columns = perPage === 'pair' ? 2 : LAYOUTS[perPage];
  // Two that are compared stay as they are on the screen.
  const eyes =
    columns === 2 && perPage !== 'pair' ? eyeColumns(images, (image) => image.eye_side) : undefined;
  const rows = eyes ? eyeRows(eyes) : rowsOf(images, columns);
  return createPortal(
    <table
      className={`print-sheet per-${perPage} ${printable.annotations.size > 0 ? 'annotated' : ''}`}
      ref={(sheet) => void (sheet && onDrawn(sheet))}
    >
      <thead>
        <tr>
          <th colSpan={columns}>
            <div className="print-head">
              {clinic.name && <span>{clinic.name}</span>}
              <PatientLine patientId={patientId} />
              <span className="print-batch">{batchName}</span>
              <span className="print-time">
                {text('print.printed', { time: formatTime(new Date().toISOString()) })}
              </span>
            </div>
            {warning && <div className="print-warning">{warning}</div>}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.map((image) => image?.id).join()}>
            {row.map((image, column) =>
              image ? (
                <td key={image.id}>
                  <PrintedImage
                    image={image}
                    url={printable.urls.get(image.id)}
                    annotations={printable.annotations.get(image.id) ?? []}
                    columns={columns}
                  />
                </td>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a gap has nothing but its place
                <td key={column} />
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>,
    document.body,
  );
}

const rowsOf = (images: readonly Image[], columns: number): Image[][] =>
  Array.from({ length: Math.ceil(images.length / columns) }, (_value, row) =>
    images.slice(row * columns, (row + 1) * columns),
  );
