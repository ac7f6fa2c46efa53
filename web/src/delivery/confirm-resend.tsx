import { act } from '../api/request.js';
import { type DeliveryView, type ForwardView } from '../api/types.js';
import { announce } from '../ui/announcer.js';
import { Confirm } from '../ui/confirm.js';
import { backendName } from '../ui/words.js';

export interface ConfirmProps {
  readonly delivery: DeliveryView;
  /** To whom; one, or all that miss it. */
  readonly forwards: readonly ForwardView[];
  /** URLs of the backends that are paused. */
  readonly paused: ReadonlySet<string>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function ConfirmResend({ delivery: { id }, forwards, paused, onDone, onClose }: ConfirmProps) {
  const [only] = forwards.length === 1 ? forwards : [];
  const held = forwards.filter(({ backend }) => paused.has(backend));
  const sent = forwards.filter(({ backend }) => !paused.has(backend));
  const accepted = forwards.some(({ state }) => state === 'accepted');
  const send = async () => {
    await act('POST', `/deliveries/${encodeURIComponent(id)}/attempts`, {
      ...(only !== undefined && { backend: only.backend }),
      ...(accepted && { accepted }),
    });
    announce(held.length > 0 ? 'It is owed.' : 'Sent again.');
    onDone();
  };
  return (
    <Confirm title="Send again" yes="Send again" act={send} onClose={onClose}>
      {sent.length > 0 && <p>{`It is sent again to ${namesOf(sent)}.`}</p>}
      {held.length > 0 && <p>{`It is sent again to ${namesOf(held)} when the pause there is over.`}</p>}
      {accepted && <p>That backend has accepted it already: its pipelines may run twice.</p>}
      {forwards.some(({ attempts }) => attempts.at(-1)?.outcome === 'unknown') && (
        <p>What came of the last attempt is unknown: it may have been taken, and pipelines may run twice.</p>
      )}
    </Confirm>
  );
}

export const namesOf = (forwards: readonly ForwardView[]): string =>
  forwards.map(({ backend }) => backendName(backend)).join(', ');
