import { useRef, useState } from 'preact/hooks';

import { Failure } from '../api/failure.js';

export interface Action {
  readonly busy: boolean;
  /** Why it was not done. */
  readonly failure: Failure | undefined;
  /** Does one at a time. */
  readonly run: (action: () => Promise<void>) => void;
}

/** What somebody has asked for with a button. */
export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; failure?: Failure }>({ busy: false });
  const running = useRef(false);
  const run = (action: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setState({ busy: true });
    action().then(
      () => {
        running.current = false;
        setState({ busy: false });
      },
      (error: unknown) => {
        running.current = false;
        setState({ busy: false, failure: Failure.of(error) });
      },
    );
  };
  return { busy: state.busy, failure: state.failure, run };
}
