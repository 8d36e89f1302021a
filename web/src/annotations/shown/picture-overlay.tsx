import { inTurn } from '../../../../lib/domain/images/affine.ts';
import type { ViewedImage } from '../../images/viewed-image.ts';
import { type Mark, Overlay } from '../overlay.tsx';
import { shownPage } from '../photo-transform.ts';

interface PictureOverlayProps {
  image: ViewedImage;
  marks: readonly Mark[];
  /** How wide the picture is, in the units of lines and letters. */
  width: number;
}

/** Shapes over a picture that fills its box, whatever size that has: on paper, in a comparison, or in a file. */
export function PictureOverlay({ image, marks, width }: PictureOverlayProps) {
  const shown = shownPage(image);
  if (!shown || marks.length === 0) return null;
  const scale = width / shown.size.width;
  return (
    <Overlay
      transform={inTurn(shown.transform, [scale, 0, 0, scale, 0, 0])}
      size={{ width, height: shown.size.height * scale }}
      marks={marks}
    />
  );
}
