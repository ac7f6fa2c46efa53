import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { type Forward, type ForwardState } from '../../model/forward.js';
import { hash } from './hash.js';

/** What a delivery with these forwards is found by. */
export function marksOf(forwards: readonly Forward[]): number[] {
  const marks = forwards.flatMap(({ state, backend }) =>
    [backend, new URL(backend).host].flatMap((to) => [mark(state), mark(undefined, to), mark(state, to)]),
  );
  return [...new Set(marks)];
}

/** Those that a delivery has to which a filter applies; some to which it does not have them too. */
export const marksFor = ({ state, backend }: DeliveryFilter): number[] =>
  state === undefined && backend === undefined ? [] : [mark(state, backend)];

/** @param to key of a backend, or its host */
const mark = (state: ForwardState | undefined, to = ''): number => hash(`${state ?? ''} ${to}`);
