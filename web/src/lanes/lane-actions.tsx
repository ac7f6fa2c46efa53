import { useState } from 'preact/hooks';

import { act } from '../api/request.js';
import { type Lane } from '../api/types.js';
import { ConfirmOperation } from '../operations/confirm-operation.js';
import { announce } from '../ui/announcer.js';
import { FailureNotice } from '../ui/notice.js';
import { useAction } from '../ui/use-action.js';
import { PauseDialog } from './pause-dialog.js';

interface LaneActionsProps {
  readonly lane: Lane;
  readonly keeps: boolean;
  readonly onChange: () => void;
  readonly onOperation: () => void;
}

export function LaneActions({ lane, keeps, onChange, onOperation }: LaneActionsProps) {
  const { backend, host, state, dead } = lane;
  const [open, setOpen] = useState<'pause' | 'resend'>();
  const resuming = useAction();
  const close = () => {
    setOpen(undefined);
  };
  const resume = () => {
    resuming.run(async () => {
      await act('DELETE', '/deliveries/backends/pause', { backend });
      announce(`${host} is resumed.`);
      onChange();
    });
  };
  return (
    <div class="buttons">
      {state === 'paused' && (
        <button type="button" onClick={resume} disabled={resuming.busy} aria-label={`Resume ${host}`}>
          Resume
        </button>
      )}
      {keeps && (
        <button
          type="button"
          onClick={() => {
            setOpen('pause');
          }}
          aria-label={`${state === 'paused' ? 'Change the pause of' : 'Pause'} ${host}`}
        >
          {state === 'paused' ? 'Change the pause …' : 'Pause …'}
        </button>
      )}
      {dead > 0 && keeps && (
        <button
          type="button"
          onClick={() => {
            setOpen('resend');
          }}
          aria-label={`Send the dead again to ${host}`}
        >
          Send the dead again …
        </button>
      )}
      {resuming.failure !== undefined && <FailureNotice failure={resuming.failure} />}
      {open === 'pause' && <PauseDialog lane={lane} onDone={onChange} onClose={close} />}
      {open === 'resend' && (
        <ConfirmOperation
          action="resend"
          filters={{ backend, state: 'dead' }}
          onBegun={onOperation}
          onClose={close}
        />
      )}
    </div>
  );
}
