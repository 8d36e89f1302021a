import { ImageIcon } from 'lucide-react';
import { Message } from '../parts/message.tsx';

/** The viewer while no image is selected. */
export const EmptyViewer = () => (
  <div className="viewer-stage">
    <Message title="Nothing on the light box" icon={<ImageIcon size={40} strokeWidth={1.25} aria-hidden />}>
      Choose an image to see it here.
    </Message>
  </div>
);
