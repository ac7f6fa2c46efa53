import { isTo } from '../../model/delivery-filter.js';
import { keptCandidates } from './candidates.js';
import { type OperationParts } from './operation-parts.js';
import { allOf } from './patience.js';
import { ResendWindow } from './resend-window.js';

/**
 * Has what is asked for sent again, a window at a time, so that the lanes send it as they send what is owed. Each backend
 * for itself: one that is down holds up no other. But what was accepted is owed together with the rest of its delivery: once
 * that is served, its payload is gone.
 * @throws Ended
 */
export async function resendMany(parts: OperationParts): Promise<void> {
  const { registry, spool, request } = parts;
  const { backend } = request.filter;
  const known = new Set([...registry.list().map(({ key }) => key), ...spool.counts().keys()]);
  const keys = [...known].filter((key) => backend === undefined || isTo(key, backend));
  const groups = request.accepted ? [keys] : keys.map((key) => [key]);
  await allOf(
    groups.map((backends) =>
      resendTo(backends, parts).catch((error: unknown) => {
        // The others end as well; where it was ended, that is the reason.
        parts.patience.end('failed');
        throw error;
      }),
    ),
  );
}

async function resendTo(backends: readonly string[], parts: OperationParts): Promise<void> {
  const { filter } = parts.request;
  const [only, ...others] = backends;
  const narrow = only !== undefined && others.length === 0 ? { ...filter, backend: only } : filter;
  const window = new ResendWindow(backends, parts);
  try {
    for await (const chunk of keptCandidates(parts, narrow)) await window.send(chunk);
    await window.empty();
  } catch (error) {
    if (parts.patience.reason === 'cancelled') await window.withdraw();
    throw error;
  } finally {
    window.close();
  }
}
