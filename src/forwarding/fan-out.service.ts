import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';

import { BackendRegistry } from '../backends/backend-registry.js';
import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type Backend } from '../model/backend.js';
import { type Delivery } from '../model/delivery.js';
import { isKept, MISSING_STATES } from '../model/forward.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { Spool } from '../spool/spool.js';
import { Filtering } from './filtering.js';
import { LanesService } from './lane/lanes.service.js';
import { missing, resultsOf, type RunningAttempt, stillWanted, untilAnswer } from './lane/running-attempt.js';
import { RecentDeliveries } from './recent/recent-deliveries.js';
import { type FanOut, openAmong, RemainsService, type Targets } from './remains.service.js';
import { type Report } from '../model/report.js';

/**
 * What comes in again and again before it is answered may be what a backend sends back to us, by whatever way: behind a load
 * balancer nobody can tell. It would go round for ever.
 */
const MAX_ROUNDS = 3;

/** Sends a delivery to every backend that misses it, all at once; sees to it that the spool has what remains. */
@Injectable()
export class FanOutService {
  constructor(
    private readonly registry: BackendRegistry,
    private readonly lanes: LanesService,
    private readonly recent: RecentDeliveries,
    private readonly remains: RemainsService,
    private readonly filtering: Filtering,
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
  ) {}

  /** A redelivery of what has not been answered yet gets what that leaves missing, if anything. */
  async deliver(delivery: Delivery): Promise<Report> {
    let round = 1;
    for (;;) {
      const before = this.recent.unanswered(delivery.identity);
      if (before === undefined) break;
      round = before.round + 1;
      const report = await before.report.catch(() => undefined);
      if (report?.kind === 'served' || (report?.kind === 'failed' && round > MAX_ROUNDS)) return report;
    }
    return this.recent.untilAnswered(delivery.identity, { report: this.#deliver(delivery), round });
  }

  /** Whether the sender of a delivery has heard that it was taken: if not, GitHub will show it as failed. */
  answered({ identity }: Delivery, report: Report, heard: boolean): void {
    if (report.kind === 'failed') return;
    this.recent.heard(identity, report.id, heard, report.kind === 'kept' || report.fillsGaps);
  }

  async #deliver(delivery: Delivery): Promise<Report> {
    const keeping = this.remains.keeping(delivery.identity);
    if (keeping !== undefined) await keeping;
    const stored = this.spool.mayKnow(delivery.identity.key) ? await this.#storedBefore(delivery) : undefined;
    const redelivered = stored && (await this.#redeliver(delivery, stored));
    return redelivered ?? this.#fanOut(delivery, await this.#targetsOf(delivery));
  }

  /** The same delivery, if the spool has it and a backend there still is misses it. */
  async #storedBefore({ identity }: Delivery): Promise<StoredDelivery | undefined> {
    const found = await this.spool.find(identity.key);
    return found.find(
      ({ delivery, forwards }) =>
        delivery.payloadDigest === identity.digest &&
        forwards.some((forward) => isKept(forward) && this.#isWanted(forward.backend)),
    );
  }

  /** Those of the backends that another process sends to and this one does not: while a new list is rolled out. */
  #onlyElsewhere(keys: ReadonlySet<string>): string[] {
    return [...keys].filter(
      (key) => this.registry.get(key) === undefined && this.spool.isWantedElsewhere(key),
    );
  }

  /** Whether a backend is one of ours, or of another process that uses the spool. */
  #isWanted(key: string): boolean {
    return this.registry.get(key) !== undefined || this.spool.isWantedElsewhere(key);
  }

  /** All backends that it is for; where it came before and is known to be missing at some, those. */
  async #targetsOf(delivery: Delivery): Promise<Targets> {
    const before = await this.recent.find(delivery.identity);
    const asNew = () => ({ ...this.filtering.apply(delivery), fillsGaps: false });
    if (before === undefined) return asNew();
    const { id, stored } = before;
    const gaps = new Set(stored?.forwards.filter(isKept).map(({ backend }) => backend));
    const backends = this.registry.list().filter(({ key }) => gaps.has(key));
    const elsewhere = this.#onlyElsewhere(gaps);
    // Those who missed it are gone for good: it is for the others as if it were new.
    if (backends.length + elsewhere.length === 0 && gaps.size > 0) return asNew();
    return { backends, elsewhere, fillsGaps: true, id, ...(stored && { before: stored }) };
  }

  async #fanOut(delivery: Delivery, wanted: Targets): Promise<Report> {
    const attempts: RunningAttempt[] = [];
    const receivedAt = this.clock.now();
    for (const backend of wanted.backends) {
      const lane = this.lanes.of(backend);
      const attempt = wanted.fillsGaps ? lane.sendPast(delivery) : lane.offer(delivery);
      if (attempt !== undefined) attempts.push(attempt);
    }
    await this.#untilOver(attempts, delivery, true);
    const backends = stillWanted(wanted.backends, attempts);
    const id = wanted.id ?? this.spool.nextId(receivedAt);
    const fanOut: FanOut = { delivery, receivedAt, id, targets: { ...wanted, backends }, attempts };
    const isOwedElsewhere = wanted.elsewhere !== undefined && wanted.elsewhere.length > 0;
    if (missing(backends, attempts).length === 0 && !isOwedElsewhere) return this.remains.served(fanOut);

    const kept = await this.remains.keep(fanOut);
    if (!(kept instanceof SprayproxyError)) return kept;
    await this.#probe(fanOut);
    return missing(backends, fanOut.attempts).length === 0 && !isOwedElsewhere
      ? this.remains.served(fanOut, kept.code === 'spool-unsure')
      : this.remains.failed(fanOut, kept);
  }

  /** Those that were held back are tried where nothing else would find out that they are back. */
  async #probe({ delivery, targets, attempts }: FanOut): Promise<void> {
    const probes = targets.backends
      .filter(({ key }) => !attempts.some(({ backend }) => backend.key === key))
      .map((backend) => this.lanes.of(backend))
      .filter((lane) => lane.mayProbe)
      .flatMap((lane) => lane.sendPast(delivery) ?? []);
    attempts.push(...probes);
    await this.#untilOver(probes, delivery, false);
  }

  /**
   * GitHub asks for what is owed, or was given up: that is sent now, and nothing else.
   * @returns `undefined`: it was discarded meanwhile, before anything was sent.
   */
  async #redeliver(delivery: Delivery, known: StoredDelivery): Promise<Report | undefined> {
    const answered = this.#whetherAnswered(known);
    try {
      return await this.#redeliverUnless(answered.all, delivery, known);
    } finally {
      answered.stop();
    }
  }

  /** Whether the delivery has left the spool since because the last backend has answered: none was discarded. */
  #whetherAnswered({ delivery: { id }, forwards }: StoredDelivery): {
    all: () => Promise<boolean>;
    stop: () => void;
  } {
    let over: StoredDelivery | undefined;
    const stop = this.spool.watch((event) => {
      if (event.kind === 'over' && event.delivery.delivery.id === id) over = event.delivery;
    });
    const all = async () => {
      over ??= await this.spool.past(id);
      return over?.forwards.length === forwards.length;
    };
    return { all, stop };
  }

  async #redeliverUnless(
    isAnswered: () => Promise<boolean>,
    delivery: Delivery,
    known: StoredDelivery,
  ): Promise<Report | undefined> {
    const { id } = known.delivery;
    let attempts: RunningAttempt[] = [];
    let fault: SprayproxyError | undefined;
    let elsewhere: readonly string[] = [];
    try {
      const stored = await this.#withHeadersOf(delivery, known);
      if (stored === undefined) {
        return (await isAnswered()) ? { kind: 'served', id, attempts: [], fillsGaps: true } : undefined;
      }
      const open = new Set(stored.forwards.filter(isKept).map(({ backend }) => backend));
      elsewhere = this.#onlyElsewhere(open);
      if (elsewhere.length > 0) await this.spool.revive(id, elsewhere, MISSING_STATES);
      attempts = this.registry
        .list()
        .filter(({ key }) => open.has(key))
        .map((backend) => this.lanes.of(backend).sendNow(stored, delivery, MISSING_STATES));
      await this.#untilAnswer(attempts, delivery, false);
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      fault = error;
    }
    const backends = attempts.map(({ backend }) => backend);
    const common = { id, attempts: resultsOf(attempts), fillsGaps: true };
    let owed = missing(backends, attempts);
    if (fault === undefined) {
      if (owed.length + elsewhere.length === 0) return { kind: 'served', ...common };
      const after = await this.spool.get(id);
      if (after === undefined && (await isAnswered())) return { kind: 'served', ...common };
      const isThere = ({ key }: Backend) => after?.forwards.some(({ backend }) => backend === key) === true;
      // Somebody may have discarded it.
      if (after !== undefined && owed.every(isThere)) {
        // Another process may have served some of them.
        owed = owed.filter(({ key }) => after.forwards.some((each) => each.backend === key && isKept(each)));
        return owed.length + elsewhere.length === 0
          ? { kind: 'served', ...common }
          : { kind: 'kept', ...common, ...openAmong(owed, attempts, after) };
      }
    }
    fault ??= new SprayproxyError('forwarding-failed', 'it was discarded while it was sent');
    return { kind: 'failed', ...common, owed, fault };
  }

  /** A redelivery may be signed with another secret than the delivery was: what a backend knows now is what counts. */
  async #withHeadersOf(
    { rawHeaders, query }: Delivery,
    known: StoredDelivery,
  ): Promise<StoredDelivery | undefined> {
    if (isDeepStrictEqual([rawHeaders, query], [known.delivery.rawHeaders, known.delivery.query]))
      return known;
    return (await this.spool.amend(known.delivery.id, { rawHeaders, query }))?.after;
  }

  /** Waits as `#untilAnswer` does; one that was joined and could not be made leaves its backend without it, no more. */
  async #untilOver(
    attempts: readonly RunningAttempt[],
    delivery: Delivery,
    untilFailure: boolean,
  ): Promise<void> {
    try {
      await this.#untilAnswer(attempts, delivery, untilFailure);
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
    }
  }

  /** @param untilFailure also no longer than until one has failed: it is to be owed before newer ones come */
  #untilAnswer(
    attempts: readonly RunningAttempt[],
    { arrivedAt }: Delivery,
    untilFailure: boolean,
  ): Promise<void> {
    // Without a spool there is nothing else to answer with.
    const until = this.spool.keeps ? arrivedAt + this.config.ackTimeoutMs : Infinity;
    return untilAnswer(attempts, {
      clock: this.clock,
      until,
      untilFailure: untilFailure && this.spool.keeps,
    });
  }
}
