import { type RefObject, useEffect, useState } from 'react';
import { calibratedRegions, pixelSpacing } from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import type { DicomViewport } from '../dicom-viewer/dicom-viewport.ts';
import type { Frame } from '../dicom-viewer/frame.ts';
import { loadedFrame } from '../dicom-viewer/frame-images.ts';
import { readerOf } from '../dicom-viewer/load-frame.ts';
import { text } from '../messages/text.ts';
import { type AnnotatedPlace, isAt, useAnnotations } from './annotations.ts';
import { Annotator } from './annotator.tsx';
import { FRAME_KINDS } from './drawing.ts';
import { type FrameValues, frameValuesOf } from './frame-values.ts';
import { sizeOf, spacingBelow } from './measures.ts';
import { PointerValue } from './pointer-value.tsx';
import { ReportButton } from './report/report-button.tsx';

interface AnnotatedFrameProps {
  frame: Frame;
  viewport: DicomViewport;
  /** The element in which the viewport is. */
  area: RefObject<HTMLElement | null>;
}

/** The annotations of a frame, and the notes on it and on its study. */
export function AnnotatedFrame({ frame, viewport, area }: AnnotatedFrameProps) {
  const [isOpen, setOpen] = useState(false);
  const { study, series, instance } = frame.path;
  const place: AnnotatedPlace = { kind: 'study', id: study };
  const answer = useAnnotations(place);
  const values = useFrameValues(frame);
  const position = { series, instance, frame: frame.number };
  const list = (answer.data ?? []).filter((each) => isAt(each, position));
  const image = readerOf(frame);
  const regions = calibratedRegions(image);
  const spacing = regions.length > 0 ? undefined : pixelSpacing(image, frame.number - 1);
  const readTransform = () => viewport.placement(frame);
  const stage = area.current;
  if (!stage) return null;
  return (
    <Annotator
      key={study}
      place={place}
      position={position}
      answer={answer}
      list={list}
      isOpen={isOpen}
      onOpen={setOpen}
      stage={stage}
      readTransform={readTransform}
      kinds={FRAME_KINDS}
      sizeOf={(shape) => sizeOf(spacingBelow(image, frame.number - 1, shape))}
      valuesOf={values?.within}
      noteTitle={(note) =>
        text(note.instance === undefined ? 'annotations.note-on-study' : 'annotations.note-on-frame')
      }
      aside={values && <PointerValue stage={stage} readTransform={readTransform} values={values} />}
    >
      {!spacing && (
        <p className="quiet">
          {text(regions.some(({ size }) => size) ? 'annotations.regions' : 'annotations.no-spacing')}
        </p>
      )}
      {spacing?.isAtDetector && <p className="quiet">{text('annotations.at-detector')}</p>}
      <ReportButton study={study} answer={answer} />
    </Annotator>
  );
}

/** The values of a frame's pixels, once they are loaded; undefined for images in colour, which the service renders. */
function useFrameValues(frame: Frame): FrameValues | undefined {
  const [known, setKnown] = useState<{ frame: Frame; values: FrameValues }>();
  useEffect(() => {
    let isCurrent = true;
    loadedFrame(frame).then(
      (loaded) =>
        isCurrent &&
        loaded.kind === 'grey' &&
        setKnown({ frame, values: frameValuesOf(loaded, frame.attributes) }),
      // The viewport says why a frame is not shown.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [frame]);
  return known?.frame === frame ? known.values : undefined;
}
