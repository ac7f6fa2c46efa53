/** One webhook, as a fan-out needs it. */
export interface Delivery {
  /** `X-GitHub-Delivery`: the same for every redelivery. */
  readonly guid: string | undefined;
  /** The bytes GitHub signed. Shared by all attempts; nobody changes them. */
  readonly payload: Buffer;
  /** Query of the request as it came, without the `?`. */
  readonly query: string;
  /** Names and values in turn, as Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[];
}
