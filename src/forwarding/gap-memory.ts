import { Injectable } from '@nestjs/common';

import { MAX_GUID_LENGTH, payloadDigest } from '../model/stored-delivery.js';
import { type Delivery } from '../model/delivery.js';

/** GUIDs with gaps, some 500 bytes each. */
export const MAX_GAPS = 10_000;

/** Payloads under one GUID: GitHub sends one. */
const MAX_PAYLOADS = 8;

/** What tells one delivery from another. */
type Identity = Pick<Delivery, 'guid' | 'payload'>;

/** Keys of the backends that are still owed a delivery, by the digest of its payload. */
type Gaps = Map<string, ReadonlySet<string>>;

/**
 * Remembers which backends did not get a delivery, so that GitHub's redelivery of it goes to them alone: those that
 * have it would start their pipelines twice. Another payload under a known GUID is another delivery. Bounded, in memory,
 * the oldest gap goes first.
 */
@Injectable()
export class GapMemory {
  readonly #byGuid = new Map<string, Gaps>();

  /** Keys of the backends that are owed this delivery; `undefined` if no gap of it is known. */
  owedTo({ guid, payload }: Identity): ReadonlySet<string> | undefined {
    const gaps = guid === undefined ? undefined : this.#byGuid.get(guid);
    return gaps?.get(payloadDigest(payload));
  }

  /** Keeps what is owed after a fan-out; nothing owed ends the gap. */
  keep({ guid, payload }: Identity, owed: ReadonlySet<string>): void {
    if (guid === undefined || guid.length > MAX_GUID_LENGTH) return;
    const known = this.#byGuid.get(guid);
    if (known === undefined && owed.size === 0) return;
    const gaps: Gaps = known ?? new Map<string, ReadonlySet<string>>();
    const digest = payloadDigest(payload);
    gaps.delete(digest);
    if (owed.size > 0) gaps.set(digest, owed);
    this.#byGuid.delete(guid);
    if (gaps.size === 0) return;
    dropOldest(gaps, MAX_PAYLOADS);
    this.#byGuid.set(guid, gaps);
    dropOldest(this.#byGuid, MAX_GAPS);
  }

  /**
   * A backend got the delivery after all, when its sender had been told that it failed. A gap that this leaves empty is
   * still known: the redelivery, which is to be expected, has to go to nobody.
   */
  fill({ guid, payload }: Identity, backend: string): void {
    const gaps = guid === undefined ? undefined : this.#byGuid.get(guid);
    if (gaps === undefined) return;
    const digest = payloadDigest(payload);
    const owed = gaps.get(digest);
    if (owed !== undefined) gaps.set(digest, new Set([...owed].filter((key) => key !== backend)));
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
