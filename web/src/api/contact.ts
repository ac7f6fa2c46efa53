import { Store } from '../store.js';

/** Whether the service answers. */
export interface Contact {
  /** Of the last answer, ms since the epoch. */
  readonly lastAt: number | undefined;
  readonly lost: boolean;
}

export const contact = new Store<Contact>({ lastAt: undefined, lost: false });

/** When it answered last: it changes with each answer, and nobody has to be told. */
let lastAt: number | undefined;

export function made(): void {
  lastAt = Date.now();
  if (contact.value.lost) contact.set({ lastAt, lost: false });
}

export function lost(): void {
  if (!contact.value.lost) contact.set({ lastAt, lost: true });
}
