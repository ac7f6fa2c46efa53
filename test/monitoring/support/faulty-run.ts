import { FaultyBackends } from './faulty-backends.js';
import { overload, sendBadWebhooks, sendGoodWebhooks } from './faulty-traffic.js';
import { type Replica, startReplicas } from './replicas.js';

export interface FaultyRun {
  readonly backends: FaultyBackends;
  readonly replicas: readonly Replica[];
  /** One round of everything that can go wrong, at all replicas; takes 1 to 3 s, and some 2 s more with the overload. */
  round(options?: { overloaded?: boolean }): Promise<void>;
}

/**
 * Starts two replicas before seven backends, each of which has a trouble of its own once `backends.begin()` is called.
 * All end with the test.
 * @param directory where the spools go
 * @param database the URL of one, for a third replica
 */
export async function startFaultyRun(directory: string, database?: string): Promise<FaultyRun> {
  const backends = await FaultyBackends.start();
  const replicas = await startReplicas(directory, backends.list, database);
  let rounds = 0;
  return {
    backends,
    replicas,
    async round({ overloaded = false } = {}) {
      const first = rounds * 10;
      rounds += 1;
      await Promise.all(
        replicas.map(async (replica, index) => {
          await sendGoodWebhooks(replica, 10, first + index * 5);
          await sendBadWebhooks(replica, 6);
          if (overloaded) await overload(replica);
        }),
      );
    },
  };
}
