import { text } from '../messages/text.ts';
import { Failure } from './failure.tsx';

interface FormEndProps {
  failure: string | undefined;
  /** The label of the submit button. */
  action: string;
  isBusy?: boolean;
  onClose: () => void;
}

/** The end of a dialog's form: the error, and the buttons to submit and to cancel. */
export const FormEnd = ({ failure, action, isBusy = false, onClose }: FormEndProps) => (
  <>
    <Failure>{failure}</Failure>
    <div className="dialog-actions">
      <button type="button" className="button" onClick={onClose}>
        {text('parts.cancel')}
      </button>
      <button type="submit" className="button primary" disabled={isBusy}>
        {action}
      </button>
    </div>
  </>
);
