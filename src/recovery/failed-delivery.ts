import { type GithubAttempt } from './github/github-attempt.js';

/** A webhook that no attempt has delivered, as far as GitHub's list was read. */
export interface FailedDelivery {
  /** The one that nobody asked for. */
  readonly first: GithubAttempt;
  readonly latest: GithubAttempt;
}

/** The greatest number there may be: some 30 MiB. The oldest stay, and what is newer is read again later. */
export const MAX_FAILED = 50_000;
