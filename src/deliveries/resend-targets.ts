import { type Backend } from '../model/backend.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Forward, isKept, shownState } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { type ResendBody } from './resend-body.pipe.js';

/**
 * The backends that a delivery is to be sent to again. Of all of them, those that are no longer registered are left out, and
 * those whose filter left it out.
 * @throws SprayproxyError `forward-conflict`: there is none, or the one that is named cannot be.
 */
export function targetsOf(
  { forwards }: StoredDelivery,
  { backend: key, accepted }: ResendBody,
  registered: readonly Backend[],
): Backend[] {
  const named = forwards.filter(({ backend }) => key === undefined || backend === key);
  if (named.length === 0) throw conflict('this delivery was not for that backend');
  const isFiltered = (forward: Forward) => shownState(forward) === 'filtered';
  const wanted = named.filter((forward) =>
    isFiltered(forward) ? key !== undefined : accepted || isKept(forward),
  );
  if (wanted.length === 0) {
    throw conflict(
      named.every(isFiltered)
        ? 'the filters of its backends leave it out: name the backend to send it all the same'
        : 'that backend has answered it: send "accepted":true to send it again',
    );
  }
  const keys = new Set(wanted.map(({ backend }) => backend));
  const targets = registered.filter((backend) => keys.has(backend.key));
  if (targets.length === 0) {
    throw conflict(
      key === undefined ? 'none of its backends is registered any more' : 'that backend is not registered',
    );
  }
  return targets;
}

const conflict = (reason: string) => new SprayproxyError('forward-conflict', reason);
