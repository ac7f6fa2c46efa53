import { type Pause } from '../model/pause.js';
import { time } from './delivery-view.js';

/** A pause as it is shown; times in RFC 3339. */
export interface PauseView {
  readonly since: string;
  readonly until?: string;
  readonly reason?: string;
  readonly user?: string;
}

export const pauseViewOf = ({ since, until, reason, user }: Pause): PauseView => ({
  since: time(since),
  ...(until !== undefined && { until: time(until) }),
  ...(reason !== undefined && { reason }),
  ...(user !== undefined && { user }),
});
