import { Payload } from '../../src/model/payload.js';
import { type BackendClient } from '../../src/forwarding/client/backend-client.js';
import { FanOutService } from '../../src/forwarding/fan-out.service.js';
import { Filtering } from '../../src/forwarding/filtering.js';
import { ForwardMetrics } from '../../src/forwarding/lane/forward-metrics.js';
import { LanesService } from '../../src/forwarding/lane/lanes.service.js';
import { Sender } from '../../src/forwarding/lane/sender.js';
import { Signer } from '../../src/forwarding/lane/signer.js';
import { WebhookSecrets } from '../../src/secrets/webhook-secrets.js';
import { type Clock } from '../../src/clock/clock.js';
import { type Logger } from '../../src/logging/logger.js';
import { type MetricsServer } from '../../src/metrics/server.js';
import { Remembering } from '../../src/forwarding/recent/remembering.js';
import { RecentDeliveries } from '../../src/forwarding/recent/recent-deliveries.js';
import { RemainsService } from '../../src/forwarding/remains.service.js';
import { Pauses } from '../../src/backends/pauses.js';
import { BackendRegistry } from '../../src/backends/backend-registry.js';
import { InflightBudget } from '../../src/inflight/inflight-budget.js';
import { type AttemptResult } from '../../src/model/attempt.js';
import { type Backend } from '../../src/model/backend.js';
import { type Delivery, type Message } from '../../src/model/delivery.js';
import { Identity } from '../../src/model/identity.js';
import { outcomeOfStatus } from '../../src/model/outcome.js';
import { type Spool } from '../../src/spool/spool.js';
import { captureLog } from './captured-log.js';
import { configFor } from './config-for.js';
import { FakeClock } from './fake-clock.js';
import { MemorySpool } from './memory-spool.js';
import { newCounter, newGauge, newHistogram } from './unregistered-metrics.js';

/** What writes to a spool what is remembered. */
export const rememberingFor = (spool: Spool, clock: Clock, logger: Logger): Remembering =>
  new Remembering(
    spool,
    clock,
    logger,
    { beforeScrape: () => undefined } as unknown as MetricsServer,
    newGauge(),
    newCounter(),
  );

/** A status that is answered, no connection, or nothing until somebody says so. */
export type Reaction = number | 'no connection' | Promise<number>;

export interface Sent {
  readonly host: string;
  readonly guid: string;
  readonly rawHeaders: readonly string[];
}

/** Everything behind the door but sockets: backends react as they are told, and time passes when it is told to. */
export class FanOutParts {
  readonly clock = new FakeClock();
  readonly log = captureLog();
  readonly sent: Sent[] = [];
  readonly registry: BackendRegistry;
  readonly lanes: LanesService;
  readonly recent: RecentDeliveries;
  readonly fanOut: FanOutService;
  readonly budget: InflightBudget;
  readonly spool: Spool;
  /** How often a filter left a delivery out. */
  readonly filtered = newCounter('host');
  readonly pauses: Pauses;
  /** By host; what has none of its own: 202. */
  react: (host: string, guid: string) => Reaction = () => 202;

  constructor({
    hosts = ['a'],
    spool = new MemorySpool(),
    env = {},
  }: { hosts?: readonly string[]; spool?: Spool; env?: Readonly<Record<string, string>> } = {}) {
    const { clock, log } = this;
    const config = configFor({
      SPRAYPROXY_SERVER_BACKEND: hosts.map((host) => `http://${host}`).join(' '),
      ...env,
    });
    this.spool = spool;
    this.registry = new BackendRegistry(config, spool, newGauge('origin'), log.logger);
    this.budget = new InflightBudget(config, this.clock, newGauge(), newGauge(), newHistogram('result'));
    const metrics = new ForwardMetrics(
      newCounter('host', 'error'),
      newHistogram(),
      newHistogram('host', 'outcome'),
    );
    const client = { attempt: this.#attempt } as unknown as BackendClient;
    const secrets = new WebhookSecrets(config, log.logger, newCounter('variable', 'reason'));
    const signer = new Signer(secrets, log.logger, newCounter());
    const sender = new Sender(
      spool,
      this.budget,
      signer,
      clock,
      config,
      log.logger,
      newCounter('outcome'),
      newCounter(),
    );
    const { registry } = this;
    const pauses = (this.pauses = new Pauses(spool, clock, log.logger));
    this.lanes = new LanesService(
      spool,
      registry,
      pauses,
      sender,
      client,
      metrics,
      clock,
      config,
      log.logger,
    );
    this.recent = new RecentDeliveries(config, spool, rememberingFor(spool, clock, log.logger));
    const remains = new RemainsService(this.lanes, this.recent, spool, clock, config, log.logger);
    const filtering = new Filtering(
      registry,
      { beforeScrape: () => undefined } as unknown as MetricsServer,
      this.filtered,
    );
    const { lanes, recent } = this;
    this.fanOut = new FanOutService(registry, lanes, recent, remains, filtering, spool, clock, config);
  }

  backend(host = 'a'): Backend {
    const found = this.registry.get(`http://${host}`);
    if (found === undefined) throw new Error(`there is no backend ${host}`);
    return found;
  }

  delivery(guid: string | undefined, text = `payload of ${guid ?? 'none'}`): Delivery {
    const payload = Payload.of(Buffer.from(text));
    return {
      identity: Identity.of(guid, payload),
      guid,
      event: 'push',
      requestId: undefined,
      arrivedAt: this.clock.monotonic(),
      payload,
      query: '',
      rawHeaders: ['X-GitHub-Delivery', guid ?? ''],
      room: { retain: () => undefined, release: () => undefined },
    };
  }

  /** GUIDs that a backend was sent, in turn. */
  sentTo(host: string): string[] {
    return this.sent.filter((sent) => sent.host === host).map(({ guid }) => guid);
  }

  readonly #attempt = async (backend: Backend, { rawHeaders }: Message): Promise<AttemptResult> => {
    const { host } = backend;
    const guid = rawHeaders[1] ?? '';
    this.sent.push({ host, guid, rawHeaders });
    const reaction = await this.react(host, guid);
    if (reaction === 'no connection') {
      return { backend, outcome: 'refused', durationMs: 0, error: 'no connection' };
    }
    return { backend, outcome: outcomeOfStatus(reaction), status: reaction, durationMs: 0 };
  };
}

/** Lets everything happen that needs no time to pass. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
