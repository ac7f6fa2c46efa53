/** One attempt of GitHub to deliver a webhook, as its list has it. */
export interface GithubAttempt {
  /** GitHub's own; not the GUID, which all attempts share. */
  readonly id: string;
  /** `X-GitHub-Delivery` */
  readonly guid: string;
  readonly event: string;
  /** Ms since the epoch, by GitHub's clock. */
  readonly at: number;
  /** Whether somebody has asked for it. */
  readonly isRedelivery: boolean;
  /** HTTP status of the answer, or what GitHub has for none. */
  readonly status: number;
}

export const isDelivered = ({ status }: GithubAttempt): boolean => status >= 200 && status < 300;
