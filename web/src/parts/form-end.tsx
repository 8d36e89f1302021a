import { Failure } from './failure.tsx';

interface FormEndProps {
  failure: string | undefined;
  /** What the form does, as its button says it. */
  action: string;
  isBusy?: boolean;
  onClose: () => void;
}

/** What the form of a dialog ends with: why it was not taken, and the two ways on. */
export const FormEnd = ({ failure, action, isBusy = false, onClose }: FormEndProps) => (
  <>
    <Failure>{failure}</Failure>
    <div className="dialog-actions">
      <button type="button" className="button" onClick={onClose}>
        Cancel
      </button>
      <button type="submit" className="button primary" disabled={isBusy}>
        {action}
      </button>
    </div>
  </>
);
