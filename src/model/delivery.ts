import { type Identity } from './identity.js';
import { type Payload } from './payload.js';

/** Room in memory for a payload, held until the last holder has let go. */
export interface Room {
  /** One more holder, who will `release` it too. */
  retain(): void;
  release(): void;
}

/** What is sent to a backend. */
export interface Message {
  /** Shared by all attempts. */
  readonly payload: Payload;
  /** Query of the request as it came, without the `?`. */
  readonly query: string;
  /** The end-to-end headers, names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** A payload that is in memory already. */
export interface HeldPayload {
  readonly payload: Payload;
  /** The room the payload takes; whoever keeps the payload for longer retains it. */
  readonly room: Room;
}

/** One webhook, as a fan-out needs it. */
export interface Delivery extends Message, HeldPayload {
  readonly identity: Identity;
  /** `X-GitHub-Delivery`: the same for every redelivery. */
  readonly guid: string | undefined;
  /** `X-GitHub-Event`. */
  readonly event: string | undefined;
  readonly requestId: string | undefined;
  /** When the request came, in ms of the monotonic clock. */
  readonly arrivedAt: number;
}
