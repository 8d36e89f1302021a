import { Printer } from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { PrintSheet } from '../print/print-sheet.tsx';
import { usePrinting } from '../print/use-printing.ts';
import type { ComparedImages } from './pair.ts';
import { eyeWarning } from './pair.ts';

interface ComparePrintProps {
  patientId: string;
  images: ComparedImages;
  /** Whether the annotations are printed too. */
  isAnnotated: boolean;
}

/** Prints two images on one sheet, with whose they are and their days. The browser can save it as PDF. */
export function ComparePrint({ patientId, images, isAnnotated }: ComparePrintProps) {
  const { ready, printable, failure, print, draw } = usePrinting(patientId, images);
  return (
    <>
      <IconButton
        icon={Printer}
        onClick={() => print(isAnnotated)}
        disabled={ready !== undefined}
        label={text('compare.print')}
        title={text('compare.print-hint')}
      />
      <span className="compare-printing" role="status">
        {failure}
      </span>
      {printable && (
        <PrintSheet
          patientId={patientId}
          batchName={text('images.comparison')}
          images={images}
          printable={printable}
          perPage="pair"
          warning={eyeWarning(images)}
          onDrawn={draw}
        />
      )}
    </>
  );
}
