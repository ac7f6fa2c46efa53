import { useState } from 'preact/hooks';

import { type DeliveryView } from '../api/types.js';
import { ConfirmDiscard } from './confirm-discard.js';
import { ConfirmResend } from './confirm-resend.js';
import { misses } from './misses.js';

interface DeliveryActionsProps {
  readonly delivery: DeliveryView;
  /** URLs of the backends that are paused. */
  readonly paused: ReadonlySet<string>;
  readonly onChange: () => void;
}

/** For all backends that miss it. */
export function DeliveryActions({ delivery, paused, onChange }: DeliveryActionsProps) {
  const [open, setOpen] = useState<'resend' | 'discard'>();
  const close = () => {
    setOpen(undefined);
  };
  const missing = delivery.forwards.filter(misses);
  if (missing.length < 2) return null;
  return (
    <div class="buttons">
      {delivery.payloadKept && (
        <button
          type="button"
          class="primary"
          onClick={() => {
            setOpen('resend');
          }}
        >
          Send again to all that miss it …
        </button>
      )}
      <button
        type="button"
        onClick={() => {
          setOpen('discard');
        }}
      >
        Discard everywhere …
      </button>
      {open === 'resend' && (
        <ConfirmResend
          delivery={delivery}
          forwards={missing}
          paused={paused}
          onDone={onChange}
          onClose={close}
        />
      )}
      {open === 'discard' && (
        <ConfirmDiscard delivery={delivery} forwards={missing} onDone={onChange} onClose={close} />
      )}
    </div>
  );
}
