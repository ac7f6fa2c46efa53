import { queryOf } from '../address.js';
import { act } from '../api/request.js';
import { announce } from '../ui/announcer.js';
import { Confirm } from '../ui/confirm.js';
import { type ConfirmProps, namesOf } from './confirm-resend.js';

export function ConfirmDiscard({
  delivery: { id },
  forwards,
  onDone,
  onClose,
}: Omit<ConfirmProps, 'paused'>) {
  const [only] = forwards.length === 1 ? forwards : [];
  const discard = async () => {
    const query = only === undefined ? '' : `?${queryOf({ backend: only.backend })}`;
    await act('DELETE', `/deliveries/${encodeURIComponent(id)}${query}`);
    announce('Discarded.');
    onDone();
  };
  return (
    <Confirm title="Discard" yes="Discard" act={discard} onClose={onClose}>
      <p>{`It will never be sent to ${namesOf(forwards)}. An attempt that is running goes on.`}</p>
    </Confirm>
  );
}
