import { type ComponentChildren } from 'preact';

import { Dialog } from './dialog.js';
import { FailureNotice } from './notice.js';
import { useAction } from './use-action.js';

interface ConfirmProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** What the button says that does it. */
  readonly yes: string;
  readonly disabled?: boolean;
  readonly act: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is done, and stays where it could not be done. */
export function Confirm({ title, children, yes, disabled = false, act, onClose }: ConfirmProps) {
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      await act();
      onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        {children}
        {action.failure !== undefined && <FailureNotice failure={action.failure} />}
        <div class="buttons">
          <button type="submit" class="primary" disabled={disabled || action.busy}>
            {action.busy ? 'Working …' : yes}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
