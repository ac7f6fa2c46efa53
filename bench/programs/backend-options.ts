/** How a minimal backend answers every POST. */
export interface BackendOptions {
  /** Each at a port of its own. */
  readonly count: number;
  readonly status: number;
  /** Ms from the last byte of a webhook to its answer; `null`: no answer ever comes. */
  readonly delayMs: number | null;
  /** Tells the parent of each webhook and of its digest. */
  readonly digests: boolean;
}

/** From the backend program to its parent. */
export type BackendMessage =
  | { readonly kind: 'listening'; readonly ports: readonly number[] }
  | { readonly kind: 'counts'; readonly counts: Arrivals }
  | { readonly kind: 'digest'; readonly arrival: DigestArrival };

/** Webhooks that have come in so far, at all ports. */
export interface Arrivals {
  readonly count: number;
  /** Ms from the first one that was whole to the latest. */
  readonly spanMs: number;
}

export interface DigestArrival {
  readonly port: number;
  /** `X-GitHub-Delivery`. */
  readonly guid: string;
  /** CRC-32 of the bytes: it is mistakes that are looked for, and the time a better digest takes would be measured too. */
  readonly digest: number;
}
