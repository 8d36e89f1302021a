import { ImageIcon } from 'lucide-react';
import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';

/** The viewer while no image is selected. */
export const EmptyViewer = () => (
  <div className="viewer-stage">
    <Message
      title={text('images.nothing-shown')}
      icon={<ImageIcon size={40} strokeWidth={1.25} aria-hidden />}
    >
      {text('images.choose')}
    </Message>
  </div>
);
