import { type FormEvent, type ReactNode, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { Failure } from '../parts/failure.tsx';
import type { Content } from './annotations.ts';

interface ContentFormProps {
  /** What the fields have at first. */
  content: Content;
  /** The label of its button. */
  action: string;
  /** Whether the person has asked for the fields: then the first one gets the focus. */
  isAsked?: boolean;
  /** What somebody else wrote meanwhile. */
  children?: ReactNode;
  /** Hears of what is written so far, whenever a field is left. */
  onType?: (content: Content) => void;
  /** Rejects where it is not saved: the fields stay as they are. */
  onSave: (content: Content) => Promise<unknown>;
  onClose: () => void;
}

/** The fields of an annotation or a note: its text, a link, and the known length of a calibration. */
export function ContentForm({
  content,
  action,
  isAsked = true,
  children,
  onType,
  onSave,
  onClose,
}: ContentFormProps) {
  const { shape } = content;
  const [words, setWords] = useState(content.text);
  const [link, setLink] = useState(content.link ?? '');
  const [millimetres, setMillimetres] = useState(String(shape?.millimetres || ''));
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isCalibration = shape?.kind === 'calibration';
  const written = (): Content => ({
    shape: shape && isCalibration ? { ...shape, millimetres: Number(millimetres) } : shape,
    text: words,
    link: link.trim() || null,
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      await onSave(written());
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="annotation-form" onSubmit={save} onBlur={() => onType?.(written())}>
      {isCalibration && (
        <label>
          {text('annotations.known-length')}
          <input
            type="number"
            required
            min="0.01"
            max="5000"
            step="any"
            // biome-ignore lint/a11y/noAutofocus: the person has just drawn the line whose length is asked
            autoFocus={isAsked}
            value={millimetres}
            onChange={({ target }) => setMillimetres(target.value)}
          />
        </label>
      )}
      <label>
        {text('annotations.text')}
        <textarea
          rows={2}
          maxLength={2000}
          required={shape === null || shape.kind === 'text'}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
          autoFocus={isAsked && !isCalibration}
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
      </label>
      <label>
        {text('annotations.link')}
        <input
          type="url"
          pattern="https://.+"
          title={text('annotations.link-hint')}
          placeholder="https://"
          maxLength={2048}
          value={link}
          onChange={({ target }) => setLink(target.value)}
        />
      </label>
      {children}
      <Failure>{failure}</Failure>
      <div className="annotation-form-end">
        <button type="button" className="button small" onClick={onClose}>
          {text('parts.cancel')}
        </button>
        <button type="submit" className="button small primary" disabled={isBusy}>
          {action}
        </button>
      </div>
    </form>
  );
}
