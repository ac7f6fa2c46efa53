import { isKept, isRunning } from '../../model/forward.js';
import { identityKey } from '../../model/identity.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { eventsOf } from '../spool-events.js';
import { encode, type Message } from './message.js';

/** What others are told of a change. @param before `undefined`: it was not stored */
export function newsOf(
  holder: string,
  before: StoredDelivery | undefined,
  after: StoredDelivery,
): readonly string[] {
  const { id, guid, payloadDigest } = after.delivery;
  const key = identityKey(guid, payloadDigest);
  const owed = eventsOf(before, after).flatMap((event) => (event.kind === 'owed' ? [event.backend] : []));
  const messages: Message[] = [...new Set([...owed, ...failed(before, after)])].map((backend) => ({
    kind: 'owed',
    id,
    backend,
    identityKey: key,
  }));
  if (before === undefined && messages.length === 0) messages.push({ kind: 'remembered', keys: [key] });
  for (const backend of othersChanged(before, after, messages))
    messages.push({ kind: 'changed', id, backend });
  return messages.map((message) => encode(holder, message));
}

/** Those that are owed as before, and no longer being sent: whoever drains the backend has passed over them. */
function failed(before: StoredDelivery | undefined, after: StoredDelivery): readonly string[] {
  const wereRunning = before?.forwards.filter(isRunning).map(({ backend }) => backend) ?? [];
  return after.forwards
    .filter(
      (forward) => forward.state === 'owed' && !isRunning(forward) && wereRunning.includes(forward.backend),
    )
    .map(({ backend }) => backend);
}

/** Those of which somebody may wait for the claim to end, or which count otherwise than before. */
function othersChanged(
  before: StoredDelivery | undefined,
  after: StoredDelivery,
  told: readonly Message[],
): readonly string[] {
  const wasKnown = new Map(before?.forwards.map((forward) => [forward.backend, forward]));
  const isKnown = new Map(after.forwards.map((forward) => [forward.backend, forward]));
  return [...new Set([...wasKnown.keys(), ...isKnown.keys()])].filter((backend) => {
    const [was, is] = [wasKnown.get(backend), isKnown.get(backend)];
    if (told.some((message) => 'backend' in message && message.backend === backend)) return false;
    const hasEnded = was !== undefined && isRunning(was) && (is === undefined || !isRunning(is));
    return hasEnded || was?.state !== is?.state || (was && isKept(was)) !== (is && isKept(is));
  });
}
