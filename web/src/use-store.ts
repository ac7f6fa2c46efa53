import { useEffect, useState } from 'preact/hooks';

import { type Store } from './store.js';

/** The value, now and whenever it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, render] = useState({});
  useEffect(() => {
    const seen = store.value;
    const end = store.follow(() => {
      render({});
    });
    render((before) => (Object.is(seen, store.value) ? before : {}));
    return end;
  }, [store]);
  return store.value;
}
