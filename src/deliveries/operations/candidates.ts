import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { type Forward } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { isTarget, type OperationParts } from './operation-parts.js';
import { CHUNK, keptOldestFirst, remembered } from './walk.js';
import { wantedOf } from './wanted-of.js';

/** A delivery, and those of its forwards that somebody asks for. */
export interface Candidate {
  readonly stored: StoredDelivery;
  readonly wanted: readonly Forward[];
}

type Parts = Pick<OperationParts, 'spool' | 'registry' | 'recent' | 'request' | 'below' | 'patience'>;

/**
 * What the spool keeps of what is asked for, oldest first, a chunk at a time.
 * @param filter in place of the request's own: a narrower one
 */
export async function* keptCandidates(
  parts: Parts,
  filter: DeliveryFilter = parts.request.filter,
): AsyncGenerator<Candidate[]> {
  const { spool, patience, below } = parts;
  const read = (after: number) => patience.through(() => spool.listAfter(after, CHUNK, filter));
  const request = { ...parts.request, filter };
  for await (const chunk of keptOldestFirst(read, filter, below))
    yield candidatesAmong(chunk, parts, request);
}

/** What is only remembered of what is asked for: it cannot be sent, only discarded. */
export async function* rememberedCandidates(parts: Parts): AsyncGenerator<Candidate[]> {
  const { request, below, patience } = parts;
  for await (const chunk of remembered(parts, request.filter, below)) {
    patience.goOn();
    yield candidatesAmong(chunk, parts, request);
  }
}

const candidatesAmong = (
  chunk: readonly StoredDelivery[],
  parts: Parts,
  request: OperationParts['request'],
): Candidate[] =>
  chunk.flatMap((stored) => {
    const wanted = wantedOf(stored, request, (backend) => isTarget(parts, backend));
    return wanted.length === 0 ? [] : [{ stored, wanted }];
  });

/** Counts what is asked for. @throws Ended */
export async function count(parts: Parts & Pick<OperationParts, 'progress'>): Promise<void> {
  const add = (candidates: readonly Candidate[]) => {
    for (const { wanted } of candidates) parts.progress.found(wanted.length);
  };
  for await (const chunk of keptCandidates(parts)) add(chunk);
  if (parts.request.action === 'resend') return;
  for await (const chunk of rememberedCandidates(parts)) add(chunk);
}
