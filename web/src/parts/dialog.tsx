import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { Failure } from './failure.tsx';
import './dialog.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  alert?: boolean;
  /** A click outside does not close the dialog, because its content is shown only once. */
  isLasting?: boolean;
  /** For two things side by side. */
  isWide?: boolean;
  children: ReactNode;
}

/** A modal dialog. */
export function Dialog({
  title,
  onClose,
  alert = false,
  isLasting = false,
  isWide = false,
  children,
}: DialogProps) {
  const dialog = useRef<HTMLElement>(null);
  useEffect(() => {
    // A button that is disabled during its request loses the focus. Outside the dialog, no key would close it.
    if (document.activeElement === document.body) dialog.current?.focus();
  });
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!isLasting}
      isKeyboardDismissDisabled={isLasting}
      className="dialog-overlay"
    >
      <Modal className={`dialog-modal ${isWide ? 'wide' : ''}`}>
        <AriaDialog ref={dialog} className="dialog" role={alert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title">{title}</Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  title: string;
  action: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** Asks for confirmation before something is deleted. */
export function Confirm({ title, action, onConfirm, onClose, children }: ConfirmProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} alert>
      <p>{children}</p>
      <Failure>{failure}</Failure>
      <div className="dialog-actions">
        {/* biome-ignore lint/a11y/noAutofocus: the harmless answer is at hand first */}
        <button type="button" className="button" onClick={onClose} autoFocus>
          {text('parts.cancel')}
        </button>
        <button type="button" className="button danger" onClick={confirm} disabled={isBusy}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
