import { useState } from 'preact/hooks';

import { type DeliveryView, type ForwardView } from '../api/types.js';
import { State } from '../ui/state.js';
import { Ago } from '../ui/time.js';
import { backendName, count } from '../ui/words.js';
import { AttemptItem } from './attempt-item.js';
import { ConfirmDiscard } from './confirm-discard.js';
import { ConfirmResend } from './confirm-resend.js';
import { misses } from './misses.js';

interface ForwardCardProps {
  readonly delivery: DeliveryView;
  readonly forward: ForwardView;
  /** URLs of the backends that are paused. */
  readonly paused: ReadonlySet<string>;
  readonly onChange: () => void;
}

/** Why there was no attempt, by state. */
const UNTRIED: Readonly<Record<string, string>> = { filtered: 'Its filters do not let it through.' };

/** What one backend made of a delivery. */
export function ForwardCard({ delivery, forward, paused, onChange }: ForwardCardProps) {
  const { backend, state, reason, attemptCount, attempts, runningSince } = forward;
  const name = backendName(backend);
  const earlier = attemptCount - attempts.length;
  return (
    <article class="card" aria-label={name}>
      <div class="lane-head">
        <h3 class="outside">{name}</h3>
        <State state={state} />
        {paused.has(backend) && <State state="paused" of="backend" />}
        {reason !== undefined && <p class="why outside">{reason}</p>}
      </div>
      {runningSince !== undefined && (
        <p>
          <State state="running" /> an attempt runs, begun <Ago at={runningSince} />
        </p>
      )}
      {attemptCount === 0 && <p>{UNTRIED[state] ?? 'No attempt yet.'}</p>}
      {earlier > 0 && <p>{count(earlier, 'earlier attempt')} not kept.</p>}
      <ol class="attempts" aria-label={`Attempts at ${name}, oldest first`}>
        {attempts.map((attempt, at) => (
          <AttemptItem key={attempt.at} attempt={attempt} isLast={at === attempts.length - 1} />
        ))}
      </ol>
      <ForwardActions delivery={delivery} forward={forward} paused={paused} onChange={onChange} />
    </article>
  );
}

function ForwardActions({ delivery, forward, paused, onChange }: ForwardCardProps) {
  const [open, setOpen] = useState<'resend' | 'discard'>();
  const close = () => {
    setOpen(undefined);
  };
  const name = backendName(forward.backend);
  const canSend = delivery.payloadKept && (misses(forward) || forward.state === 'accepted');
  return (
    <div class="buttons">
      {canSend && (
        <button
          type="button"
          onClick={() => {
            setOpen('resend');
          }}
          aria-label={`Send again to ${name}`}
        >
          Send again …
        </button>
      )}
      {misses(forward) && (
        <button
          type="button"
          onClick={() => {
            setOpen('discard');
          }}
          aria-label={`Discard at ${name}`}
        >
          Discard …
        </button>
      )}
      {open === 'resend' && (
        <ConfirmResend
          delivery={delivery}
          forwards={[forward]}
          paused={paused}
          onDone={onChange}
          onClose={close}
        />
      )}
      {open === 'discard' && (
        <ConfirmDiscard delivery={delivery} forwards={[forward]} onDone={onChange} onClose={close} />
      )}
    </div>
  );
}
