import { Printer } from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { PrintSheet } from '../print/print-sheet.tsx';
import { usePrinting } from '../print/use-printing.ts';
import type { ComparedImages } from './pair.ts';
import { eyeWarning } from './pair.ts';

/** Prints two images on one sheet, with whose they are and their days. The browser can save it as PDF. */
export function ComparePrint({ patientId, images }: { patientId: string; images: ComparedImages }) {
  const { ready, urls, failure, print, draw } = usePrinting(patientId, images);
  return (
    <>
      <IconButton
        icon={Printer}
        onClick={print}
        disabled={ready !== undefined}
        label={text('compare.print')}
        title={text('compare.print-hint')}
      />
      <span className="compare-printing" role="status">
        {failure}
      </span>
      {urls && (
        <PrintSheet
          patientId={patientId}
          batchName={text('images.comparison')}
          images={images}
          urls={urls}
          perPage="pair"
          warning={eyeWarning(images)}
          onDrawn={draw}
        />
      )}
    </>
  );
}
