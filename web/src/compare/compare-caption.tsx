import type { Image } from '../api/types.ts';
import { EyeSideMenu } from '../images/eye-side-menu.tsx';
import { ImageFacts } from '../patient/image-facts.tsx';

/** The details of a compared image, and its eye side. */
export const CompareCaption = ({ image }: { image: Image }) => (
  <figcaption>
    <EyeSideMenu image={image} />
    <span className="viewer-details">
      <ImageFacts image={image} />
    </span>
  </figcaption>
);
