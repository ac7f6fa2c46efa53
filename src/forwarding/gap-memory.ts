import { Injectable } from '@nestjs/common';
import { payloadDigest } from '../spool/spool.js';
import { type Delivery } from './delivery.js';

/** Some 500 bytes each. */
export const MAX_GAPS = 10_000;

/** GitHub's GUIDs have 36 characters. */
const MAX_GUID_LENGTH = 128;

/** What tells one delivery from another. */
type Identity = Pick<Delivery, 'guid' | 'payload'>;

interface Gap {
  readonly payloadDigest: string;
  /** Keys of the backends that are still owed the delivery. */
  readonly owed: ReadonlySet<string>;
}

/**
 * Remembers which backends did not get a delivery, so that GitHub's redelivery of it goes to them alone: those that
 * have it would start their pipelines twice. Bounded, in memory, the oldest gap goes first.
 */
@Injectable()
export class GapMemory {
  readonly #gaps = new Map<string, Gap>();

  /** Keys of the backends that are owed this delivery; `undefined` if no gap of it is known. */
  owedTo({ guid, payload }: Identity): ReadonlySet<string> | undefined {
    const gap = guid === undefined ? undefined : this.#gaps.get(guid);
    if (gap === undefined) return undefined;
    // Another payload under a known GUID is another delivery.
    return gap.payloadDigest === payloadDigest(payload) ? gap.owed : undefined;
  }

  /** Keeps what is owed after a fan-out; nothing owed ends the gap. */
  keep({ guid, payload }: Identity, owed: ReadonlySet<string>): void {
    if (guid === undefined || guid.length > MAX_GUID_LENGTH) return;
    const known = this.#gaps.get(guid);
    if (known === undefined && owed.size === 0) return;
    const digest = payloadDigest(payload);
    if (known !== undefined && known.payloadDigest !== digest) return;
    this.#gaps.delete(guid);
    if (owed.size === 0) return;
    this.#gaps.set(guid, { payloadDigest: digest, owed });
    const [oldest] = this.#gaps.keys();
    if (this.#gaps.size > MAX_GAPS && oldest !== undefined) this.#gaps.delete(oldest);
  }

  /**
   * A backend got the delivery after all, when its sender had been told that it failed. A gap that this leaves empty is
   * still known: the redelivery, which is to be expected, has to go to nobody.
   */
  fill({ guid, payload }: Identity, backend: string): void {
    const owed = this.owedTo({ guid, payload });
    if (guid === undefined || owed === undefined) return;
    const rest = new Set([...owed].filter((key) => key !== backend));
    this.#gaps.set(guid, { payloadDigest: payloadDigest(payload), owed: rest });
  }
}
