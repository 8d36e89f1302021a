import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';

interface DownloadChoiceProps {
  onChoose: (asEdited: boolean) => void;
  onClose: () => void;
}

/** Asks how edited images are downloaded. It is shown only if there are some. */
export function DownloadChoice({ onChoose, onClose }: DownloadChoiceProps) {
  const choose = (asEdited: boolean) => {
    onClose();
    onChoose(asEdited);
  };
  return (
    <Dialog title={text('downloads.choice-title')} onClose={onClose}>
      <p>{text('downloads.choice')}</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('parts.cancel')}
        </button>
        <button type="button" className="button" onClick={() => choose(true)}>
          {text('downloads.as-edited')}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: the harmless answer is at hand first */}
        <button type="button" className="button primary" onClick={() => choose(false)} autoFocus>
          {text('downloads.originals')}
        </button>
      </div>
    </Dialog>
  );
}
