import { type ComponentChildren } from 'preact';

import { type Failure } from '../api/failure.js';

/** Why something cannot be seen, or done. */
export function FailureNotice({ failure }: { readonly failure: Failure }) {
  return (
    <p class="notice notice-bad" role="alert">
      {failure.words}
    </p>
  );
}

export function Notice({ children }: { readonly children: ComponentChildren }) {
  return <p class="notice">{children}</p>;
}
