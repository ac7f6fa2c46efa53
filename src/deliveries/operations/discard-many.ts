import { setImmediate } from 'node:timers/promises';

import { FORWARD_STATES } from '../../model/forward.js';
import { type Candidate, keptCandidates, rememberedCandidates } from './candidates.js';
import { type OperationParts } from './operation-parts.js';
import { allOf } from './patience.js';

/** Written together: a webhook that is to be kept meanwhile waits for no more. */
const AT_ONCE = 20;

/** Discards what is asked for. @throws Ended */
export async function discardMany(parts: OperationParts): Promise<void> {
  for await (const candidates of keptCandidates(parts)) {
    for (let at = 0; at < candidates.length; at += AT_ONCE) {
      await allOf(candidates.slice(at, at + AT_ONCE).map((each) => discardKept(parts, each)));
      await setImmediate();
    }
  }
  for await (const candidates of rememberedCandidates(parts)) {
    for (const { stored, wanted } of candidates) {
      const forwards = stored.forwards.filter((forward) => !wanted.includes(forward));
      parts.recent.replace({ delivery: stored.delivery, forwards });
      parts.progress.ended('discarded', wanted.length);
    }
  }
}

/** What somebody has sent again since it was read is no longer in the state that was asked for. */
async function discardKept(
  { spool, patience, progress, request }: OperationParts,
  { stored, wanted }: Candidate,
) {
  const backends = wanted.map(({ backend }) => backend);
  const from = FORWARD_STATES.filter((state) => (request.filter.state ?? state) === state);
  const change = await patience.through(() => spool.discard(stored.delivery.id, backends, from));
  const gone = change === undefined ? 0 : change.before.forwards.length - change.after.forwards.length;
  progress.ended('discarded', gone);
  progress.ended('unchanged', wanted.length - gone);
}
