import { type RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { useStore } from '../use-store.js';
import { type List } from './list.js';

interface Held {
  readonly row: Element;
  readonly top: number;
}

/**
 * Keeps what is read where it is, whatever comes in above it. Who is at the top, with neither focus nor pointer among the rows,
 * sees the new ones come in.
 */
export function useHeldPlace(list: List, element: RefObject<HTMLUListElement | null>): void {
  const held = useRef<Held | undefined>(undefined);
  const { rows } = useStore(list.state);
  useEffect(() => {
    list.firstInView = () => (element.current === null ? 0 : firstInView(element.current));
    list.beforeChange = () => {
      const rowsElement = element.current;
      if (rowsElement === null || held.current !== undefined) return;
      if (scrollY === 0 && !rowsElement.matches(':hover, :focus-within')) return;
      const row = rowsElement.children[firstInView(rowsElement)];
      if (row !== undefined) held.current = { row, top: row.getBoundingClientRect().top };
    };
  }, [list]);
  useLayoutEffect(() => {
    const place = held.current;
    held.current = undefined;
    if (place?.row.isConnected === true) scrollBy(0, place.row.getBoundingClientRect().top - place.top);
  }, [rows]);
}

/** The place of the first row whose end can be seen. */
function firstInView({ children }: Element): number {
  let [from, to] = [0, children.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((children[middle]?.getBoundingClientRect().bottom ?? 0) > 0) to = middle;
    else from = middle + 1;
  }
  return Math.min(from, Math.max(0, children.length - 1));
}
