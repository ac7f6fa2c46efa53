import { useLayoutEffect, useMemo } from 'preact/hooks';

import { type Filters } from '../address.js';
import { List } from './list.js';

/** The latest: who goes back to it finds it as it was. */
let latest: { readonly key: string; readonly list: List } | undefined;

/** The list of what the filters let through; it is looked after while it is shown. */
export function useList(filters: Filters): List {
  const key = JSON.stringify(filters);
  const list = useMemo(() => {
    if (latest?.key !== key) latest = { key, list: new List(filters) };
    return latest.list;
  }, [key]);
  useLayoutEffect(() => {
    list.begin();
    return () => {
      list.end();
    };
  }, [list]);
  return list;
}
