import { setImmediate } from 'node:timers/promises';

import { isKept } from '../../model/forward.js';
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

async function discardKept({ spool, patience, progress }: OperationParts, { stored, wanted }: Candidate) {
  const backends = wanted.map(({ backend }) => backend);
  const change = await patience.through(() => spool.discard(stored.delivery.id, backends));
  const gone = change?.before.forwards.filter(
    (forward) => backends.includes(forward.backend) && isKept(forward),
  );
  progress.ended('discarded', gone?.length ?? 0);
  progress.ended('unchanged', wanted.length - (gone?.length ?? 0));
}
