import { useQueryClient } from '@tanstack/react-query';
import {
  ArrowDownToLine,
  ArrowLeftToLine,
  ArrowRightToLine,
  ArrowUpToLine,
  FlipHorizontal2,
  RotateCcw,
  RotateCw,
  Undo2,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import { afterAction, type EditAction, NO_EDITS } from '../../../lib/domain/images/edit-actions.ts';
import type { EditSteps } from '../../../lib/domain/images/image-edit.ts';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { putImage } from '../patient/images.ts';
import { EditCanvas } from './edit-canvas.tsx';
import { usePicture } from './use-picture.ts';
import './edit-dialog.css';

interface EditDialogProps {
  /** The first one is shown; the others get the same edits. */
  images: readonly Image[];
  onClose: () => void;
}

/** Edits one image, or several in the same way. The originals stay as they are. */
export function EditDialog({ images, onClose }: EditDialogProps) {
  const queries = useQueryClient();
  const [actions, setActions] = useState<readonly EditAction[]>([]);
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [first] = images;
  const { picture, failure: missing } = usePicture(first?.id);
  const steps = useMemo(() => (first ? stepsOf(first, actions) : NO_EDITS), [first, actions]);
  /** Several movements of a slider are one action. */
  const add = (action: EditAction) =>
    setActions((before) =>
      before.at(-1)?.kind === action.kind && isSlider(action)
        ? [...before.slice(0, -1), action]
        : [...before, action],
    );
  const save = async () => {
    setBusy(true);
    const saved = await Promise.allSettled(images.map((image) => saveEdit(image, stepsOf(image, actions))));
    for (const each of saved) if (each.status === 'fulfilled') putImage(queries, each.value);
    const failed = saved.flatMap((each, index) =>
      each.status === 'rejected'
        ? [text('edits.failed', { name: images[index]?.original_name, reason: explain(each.reason) })]
        : [],
    );
    setBusy(false);
    if (failed.length === 0) return onClose();
    setFailure(failed.join('\n'));
  };
  const title =
    images.length === 1
      ? text('edits.title', { name: first?.original_name })
      : text('edits.title-several', { count: images.length });
  return (
    <Dialog title={title} onClose={onClose} isLasting>
      {picture ? (
        <EditCanvas picture={picture} steps={steps} onCrop={(crop) => add({ kind: 'crop', crop })} />
      ) : (
        <div className="edit-stage">
          {missing ? <Failure>{missing}</Failure> : <Spinner label={text('images.loading')} />}
        </div>
      )}
      <p className="quiet">{text('edits.hint')}</p>
      <div className="edit-tools">
        <button type="button" className="button small" onClick={() => add({ kind: 'rotateLeft' })}>
          <RotateCcw size={16} aria-hidden /> {text('edits.rotate-left')}
        </button>
        <button type="button" className="button small" onClick={() => add({ kind: 'rotateRight' })}>
          <RotateCw size={16} aria-hidden /> {text('edits.rotate-right')}
        </button>
        <button type="button" className="button small" onClick={() => add({ kind: 'flip' })}>
          <FlipHorizontal2 size={16} aria-hidden /> {text('edits.flip')}
        </button>
        <button type="button" className="button small" onClick={() => add({ kind: 'reset' })}>
          <Undo2 size={16} aria-hidden /> {text('edits.reset')}
        </button>
        {TRIMS.map(([side, icon, crop]) => (
          <IconButton
            key={side}
            icon={icon}
            size={16}
            label={text(`edits-trim.${side}`)}
            title={text(`edits-trim.${side}`)}
            onClick={() => add({ kind: 'crop', crop })}
          />
        ))}
      </div>
      <Slider
        label={text('edits.straighten')}
        most={45}
        value={steps.straightenDegrees}
        onChange={(degrees) => add({ kind: 'straighten', degrees })}
      />
      <Slider
        label={text('edits.brightness')}
        most={100}
        value={steps.brightness}
        onChange={(brightness) => add({ kind: 'adjust', brightness, contrast: steps.contrast })}
      />
      <Slider
        label={text('edits.contrast')}
        most={100}
        value={steps.contrast}
        onChange={(contrast) => add({ kind: 'adjust', brightness: steps.brightness, contrast })}
      />
      <Failure>{failure}</Failure>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('edits.cancel')}
        </button>
        <button
          type="button"
          className="button primary"
          onClick={save}
          disabled={isBusy || actions.length === 0}
        >
          {text('edits.save')}
        </button>
      </div>
    </Dialog>
  );
}

/** How much of a side one press takes away: a crop by keyboard. */
const TRIM = 0.02;
const TRIMS = [
  ['left', ArrowRightToLine, { left: TRIM, top: 0, width: 1 - TRIM, height: 1 }],
  ['right', ArrowLeftToLine, { left: 0, top: 0, width: 1 - TRIM, height: 1 }],
  ['top', ArrowDownToLine, { left: 0, top: TRIM, width: 1, height: 1 - TRIM }],
  ['bottom', ArrowUpToLine, { left: 0, top: 0, width: 1, height: 1 - TRIM }],
] as const;

const isSlider = ({ kind }: EditAction) => kind === 'straighten' || kind === 'adjust';

const stepsOf = ({ edit }: Image, actions: readonly EditAction[]): EditSteps =>
  actions.reduce<EditSteps>(afterAction, edit?.steps ?? NO_EDITS);

const saveEdit = ({ id, edit }: Image, steps: EditSteps): Promise<Image> =>
  bodyOf(
    api.PUT('/api/images/{id}/edit', {
      params: { path: { id } },
      body: { steps, version: edit?.version ?? 0 },
    }),
  );

interface SliderProps {
  label: string;
  most: number;
  value: number;
  onChange: (value: number) => void;
}

const Slider = ({ label, most, value, onChange }: SliderProps) => (
  <label className="edit-slider">
    {label}
    <input
      type="range"
      min={-most}
      max={most}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    />
    <output>{value}</output>
  </label>
);
