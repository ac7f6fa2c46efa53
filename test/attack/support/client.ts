import { HttpService } from '@nestjs/axios';

import { Payload } from '../../../src/model/payload.js';
import { BackendRegistry } from '../../../src/backends/backend-registry.js';
import { NameLookups } from '../../../src/backends/name-lookups.js';
import { Ourselves } from '../../../src/backends/ourselves.js';
import { SystemClock } from '../../../src/clock/clock.js';
import { BackendClient } from '../../../src/forwarding/client/backend-client.js';
import { BackendPools } from '../../../src/forwarding/client/backend-pools.js';
import { BackendTls } from '../../../src/forwarding/client/backend-tls.js';
import { socketAxios } from '../../../src/forwarding/client/socket-axios.js';
import { type AttemptResult } from '../../../src/model/attempt.js';
import { Backend } from '../../../src/model/backend.js';
import { NoSpool } from '../../../src/spool/no-spool.js';
import { captureLog } from '../../support/captured-log.js';
import { onCleanup } from '../../support/cleanup.js';
import { configFor } from '../../support/config-for.js';
import { newCounter, newGauge } from '../../support/unregistered-metrics.js';

/** The client of the program by itself: makes attempts at one backend. */
export function attemptsAt(
  url: string,
  env: Readonly<Record<string, string>> = {},
): (payload?: Buffer) => Promise<AttemptResult> {
  const config = configFor(env);
  const clock = new SystemClock();
  const tls = new BackendTls(config, captureLog().logger, newCounter('variable', 'reason'));
  const registry = new BackendRegistry(config, new NoSpool(), newGauge('origin'), captureLog().logger);
  const names = new NameLookups(config.threadPoolSize, clock);
  const nobody = new Ourselves(() => []);
  const pools = new BackendPools(config, registry, tls, names, nobody, clock);
  const client = new BackendClient(new HttpService(socketAxios()), pools, config, clock);
  onCleanup(() => {
    pools.destroy();
    tls.onModuleDestroy();
  });
  const backend = new Backend(new URL(url), 'static');
  return (payload = Buffer.from('{}')) =>
    client.attempt(backend, { payload: Payload.of(payload), query: '', rawHeaders: ['X-A', '1'] });
}
