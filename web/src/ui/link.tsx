import { type ComponentChildren } from 'preact';

import { type Address, go, hrefOf } from '../address.js';

interface LinkProps {
  readonly to: Address;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Whether it leads to where the page is. */
  readonly current?: boolean;
}

/** A link within the page: it can be opened elsewhere as well. */
export function Link({ to, children, class: className, current = false }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={hrefOf(to)} class={className} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
