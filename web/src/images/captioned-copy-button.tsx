import { Captions } from 'lucide-react';
import { useState } from 'react';
import { text } from '../messages/text.ts';
import { Check } from '../parts/check.tsx';
import { IconButton } from '../parts/icon-button.tsx';

interface CaptionedCopyProps {
  /** Whether there may be annotations. */
  isAnnotated: boolean;
  onSave: (isAnnotated: boolean) => void;
}

/** Saves a copy with whose it is, on request with its annotations. */
export function CaptionedCopy({ isAnnotated, onSave }: CaptionedCopyProps) {
  const [isWanted, setWanted] = useState(false);
  return (
    <>
      <IconButton
        icon={Captions}
        onClick={() => onSave(isAnnotated && isWanted)}
        label={text('compare.download-captioned')}
        title={text('compare.download-captioned')}
      />
      {isAnnotated && (
        <Check
          label={text('annotations.in-copy')}
          title={text('annotations.in-copy-hint')}
          isChecked={isWanted}
          onCheck={setWanted}
        />
      )}
    </>
  );
}
