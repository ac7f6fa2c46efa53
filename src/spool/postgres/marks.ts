import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { type Forward, type ShownState, shownState } from '../../model/forward.js';
import { hash } from './hash.js';

/** Backends are few, and it takes a while to work theirs out. */
const known = new Map<string, readonly number[]>();
const MAX_KNOWN = 1000;

/** What a delivery with these forwards is found by. */
export const marksOf = (forwards: readonly Forward[]): number[] => [...new Set(forwards.flatMap(marksOfOne))];

function marksOfOne(forward: Forward): readonly number[] {
  const { backend } = forward;
  const state = shownState(forward);
  const name = `${state} ${backend}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const marks = [backend, new URL(backend).host].flatMap((to) => [
    mark(state),
    mark(undefined, to),
    mark(state, to),
  ]);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, marks);
  return marks;
}

/** Those that a delivery has to which a filter applies; some to which it does not have them too. */
export const marksFor = ({ state, backend }: DeliveryFilter): number[] =>
  state === undefined && backend === undefined ? [] : [mark(state, backend)];

/** @param to key of a backend, or its host */
const mark = (state: ShownState | undefined, to = ''): number => hash(`${state ?? ''} ${to}`);
