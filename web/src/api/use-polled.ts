import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { type Failure } from './failure.js';
import { Poll } from './poll.js';

export interface Polled<T> {
  /** The latest there is. */
  readonly data: T | undefined;
  /** Why there is none newer. */
  readonly failure: Failure | undefined;
  /** Asks at once. */
  readonly refresh: () => void;
}

interface State<T> {
  readonly path: string;
  readonly data?: T | undefined;
  readonly failure?: Failure | undefined;
}

/** What the service says at a path, as long as a component is there. */
export function usePolled<T>(path: string): Polled<T> {
  const [state, setState] = useState<State<T>>({ path });
  const poll = useRef<Poll<T> | undefined>(undefined);
  // Before anything is painted: what it is asked for is on its way meanwhile.
  useLayoutEffect(() => {
    poll.current = new Poll<T>({
      path: () => path,
      take: (data) => {
        setState({ path, data });
      },
      fail: (failure) => {
        // No contact is said elsewhere, and what is shown stays.
        setState((before) => ({
          path,
          data: before.path === path ? before.data : undefined,
          failure: failure.isLostContact ? undefined : failure,
        }));
      },
    });
    return () => poll.current?.end();
  }, [path]);
  const refresh = useCallback(() => {
    poll.current?.now();
  }, []);
  const { data, failure } = state.path === path ? state : { data: undefined, failure: undefined };
  return { data, failure, refresh };
}
