import type { Zoom } from '../images/use-zoom.ts';
import { ZoomButtons } from '../images/zoom-buttons.tsx';
import { toViewed } from '../patient/image-facts.tsx';
import { CompareCaption } from './compare-caption.tsx';
import { CompareLabel } from './compare-label.tsx';
import { Frame } from './frame.tsx';
import type { ComparedImages } from './pair.ts';
import { PointMarks } from './point-marks.tsx';
import type { AlignmentState } from './use-alignment.ts';

interface SideBySideProps {
  patientId: string;
  images: ComparedImages;
  zooms: readonly [Zoom, Zoom];
  isLinked: boolean;
  isAnnotated: boolean;
  alignment: AlignmentState;
}

/** Each image in its own half; with marks on them while they are to be aligned. */
export const SideBySide = ({
  patientId,
  images,
  zooms,
  isLinked,
  isAnnotated,
  alignment,
}: SideBySideProps) => (
  <div className="compare">
    {([0, 1] as const).map((side) => {
      const image = images[side];
      return (
        <figure key={image.id}>
          <div className="viewer-stage">
            <Frame
              image={toViewed(image)}
              zoom={zooms[side]}
              ratio={alignment.ratios[image.id]}
              onRatio={alignment.setRatio}
              isAnnotated={isAnnotated}
            >
              {alignment.isMarking && (
                <PointMarks
                  name={image.original_name}
                  points={alignment.marksOf(image.id)}
                  onMove={(points) => alignment.setMarks(image.id, points)}
                />
              )}
            </Frame>
            <CompareLabel patientId={patientId} image={image} />
            {(side === 1 || !isLinked) && <ZoomButtons zoom={zooms[side]} />}
          </div>
          <CompareCaption image={image} />
        </figure>
      );
    })}
  </div>
);
