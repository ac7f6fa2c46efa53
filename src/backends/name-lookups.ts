import { type LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';

import { type Clock } from '../clock/clock.js';

/** A lookup that takes longer is likely to wait for a resolver that does not answer. */
export const OVERDUE_MS = 1000;

/** How long the addresses that a name had are good enough while nobody can tell its present ones. */
export const MAX_STALE_MS = 3_600_000;

const MAX_NAMES = 10_000;

interface Name {
  underWay?: Promise<LookupAddress[]>;
  /** Whether the last lookup failed or was overdue, or the present one is. */
  troubled: boolean;
  lastGood?: { readonly addresses: LookupAddress[]; readonly at: number };
}

/**
 * The addresses of names, as the system resolves them.
 *
 * A lookup occupies a thread until the resolver gives up, and libuv lets lookups have half of its threads. So all that want
 * the same name share one lookup; troubled names have at most half of what there is for lookups, the others wait for their
 * turn; and what a name resolved to before is good enough meanwhile.
 */
export class NameLookups {
  readonly #names = new Map<string, Name>();
  readonly #maxTroubled: number;
  #troubledUnderWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param threadPoolSize all threads that libuv has */
  constructor(
    threadPoolSize: number,
    private readonly clock: Clock,
  ) {
    this.#maxTroubled = Math.max(1, Math.floor(Math.ceil(threadPoolSize / 2) / 2));
  }

  /** @throws Error with a `code`, if the name does not resolve and there is nothing to use meanwhile */
  async resolve(hostname: string): Promise<LookupAddress[]> {
    const name = this.#nameOf(hostname);
    name.underWay ??= this.#lookUp(hostname, name).finally(() => delete name.underWay);
    const { underWay, lastGood } = name;
    if (lastGood === undefined || this.clock.monotonic() - lastGood.at > MAX_STALE_MS) return underWay;
    const stale = underWay.catch(() => lastGood.addresses);
    if (name.troubled) return lastGood.addresses;
    return Promise.race([stale, this.#whenOverdue(underWay).then(() => lastGood.addresses)]);
  }

  #nameOf(hostname: string): Name {
    let name = this.#names.get(hostname);
    if (name === undefined) {
      name = { troubled: false };
      this.#names.set(hostname, name);
      const [oldest] = this.#names.keys();
      if (this.#names.size > MAX_NAMES && oldest !== undefined) this.#names.delete(oldest);
    }
    return name;
  }

  async #lookUp(hostname: string, name: Name): Promise<LookupAddress[]> {
    let counted = name.troubled;
    if (counted) await this.#turn();
    const cancel = this.clock.after(OVERDUE_MS, () => {
      name.troubled = true;
      if (!counted) this.#troubledUnderWay += 1;
      counted = true;
    });
    const startedAt = this.clock.monotonic();
    try {
      const addresses = await lookup(hostname, { all: true });
      name.troubled = this.clock.monotonic() - startedAt >= OVERDUE_MS;
      name.lastGood = { addresses, at: this.clock.monotonic() };
      return addresses;
    } catch (error) {
      name.troubled = true;
      throw error;
    } finally {
      cancel();
      if (counted) this.#pass();
    }
  }

  /** Resolves when one more troubled name may be looked up. */
  async #turn(): Promise<void> {
    if (this.#troubledUnderWay >= this.#maxTroubled) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#troubledUnderWay += 1;
  }

  #pass(): void {
    this.#troubledUnderWay -= 1;
    if (this.#troubledUnderWay < this.#maxTroubled) this.#waiting.shift()?.();
  }

  #whenOverdue(underWay: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(OVERDUE_MS, resolve);
      underWay.then(cancel, cancel);
    });
  }
}
