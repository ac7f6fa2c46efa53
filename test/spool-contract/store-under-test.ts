import { newForward } from '../../src/model/forward.js';
import { payloadDigest } from '../../src/model/identity.js';
import { type NewDelivery, type StoredDelivery } from '../../src/model/stored-delivery.js';
import { type Spool } from '../../src/spool/spool.js';

/** An engine, as the contract is held against it. */
export interface StoreUnderTest {
  /** Whether several spools may be open at once; else each is closed before the next. */
  readonly isShared: boolean;
  open: (maxBytes?: number) => Promise<Spool>;
  /** Makes another payload of that of a delivery, or takes it away. */
  damage: (id: number, payload: Buffer | undefined) => Promise<void>;
  /** When everything is closed. @throws Error if something is left in it that is not right. */
  remove: () => Promise<void>;
}

export const payloadOf = (bytes: number): Buffer => Buffer.alloc(bytes, bytes);

export function newDelivery(
  payload: Buffer,
  backends: readonly string[],
  { guid, receivedAt = 1 }: { guid?: string | undefined; receivedAt?: number } = {},
): NewDelivery {
  return {
    delivery: {
      ...(guid !== undefined && { guid }),
      event: 'push',
      receivedAt,
      query: 'a=1',
      rawHeaders: ['X-GitHub-Event', 'push', 'X-Other', '\u00fc'],
      payloadBytes: payload.length,
      payloadDigest: payloadDigest(payload),
    },
    forwards: backends.map(newForward),
  };
}

/** Without the names of those who have a claim, which are the engine's affair. */
export const bare = ({ delivery, forwards }: StoredDelivery): StoredDelivery => ({
  delivery,
  forwards: forwards.map(({ claimedBy, ...forward }) => forward),
});
