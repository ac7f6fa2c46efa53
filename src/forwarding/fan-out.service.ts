import { Inject, Injectable, Optional } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';

import { BackendRegistry } from '../backends/backend-registry.js';
import { type Backend } from '../model/backend.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Logger } from '../logging/logger.js';
import { isOpen, reviveDead } from '../model/forward.js';
import { Journal } from '../spool/journal.js';
import { Spool } from '../spool/spool.js';
import { payloadDigest, type StoredDelivery } from '../model/stored-delivery.js';
import { type AttemptResult, isServed } from '../model/attempt.js';
import { AttemptService } from './lane/attempt.service.js';
import { Clock } from '../clock/clock.js';
import { DeliveriesUnderWay, type UnderWay } from './deliveries-under-way.js';
import { type Delivery } from '../model/delivery.js';
import { DeliveryRecords } from './delivery-records.js';
import { DrainService } from './lane/drain.service.js';
import { forwardHeaders } from './client/forward-headers.js';
import { GapMemory } from './gap-memory.js';
import { logGivenUp } from './lane/given-up.js';
import { endedOf, firstFailure, owedAfter, type Try, tryOf } from './lane/try.js';

export interface FanOutReport {
  /** Of the delivery, where it is kept: what `/deliveries` knows it by. */
  readonly id?: number;
  /** The attempts that have ended. */
  readonly attempts: readonly AttemptResult[];
  /** The backends that are still owed the delivery. */
  readonly owed: readonly Backend[];
  /** Those among them of which the delivery is dead already: nothing but a request will send it. */
  readonly dead: readonly Backend[];
  /** Whether what is owed is on disk and, unless it is dead, will be sent. */
  readonly spooled: boolean;
  /** Why what is owed is not on disk, where there is a spool. */
  readonly fault?: SprayproxyError;
  /** Whether this was GitHub's redelivery of one that some backend had not got: then those alone were tried. */
  readonly fillsGaps: boolean;
}

/** What is kept of a delivery in the spool; why it could not be kept. */
type Keeping =
  | { readonly kept: true; readonly stored: StoredDelivery }
  | { readonly kept: false; readonly fault: SprayproxyError };

/** Sends a delivery to every backend that is owed it, all at once; sees to it that the spool has what remains. */
@Injectable()
export class FanOutService {
  readonly #underWay = new DeliveriesUnderWay<FanOutReport>();

  constructor(
    private readonly registry: BackendRegistry,
    private readonly attempts: AttemptService,
    private readonly drain: DrainService,
    private readonly gaps: GapMemory,
    private readonly journal: Journal,
    private readonly records: DeliveryRecords,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /** A redelivery of what has not been answered yet gets what that leaves owed, if anything. */
  async deliver(delivery: Delivery): Promise<FanOutReport> {
    for (;;) {
      const before = this.#underWay.unanswered(delivery);
      if (before === undefined) break;
      const report = await before.report?.catch(() => undefined);
      if (report?.owed.length === 0) return report;
    }
    return this.#underWay.begin(delivery, async (underWay) => {
      const stored = await this.#findOpen(delivery);
      const redelivered = stored && (await this.#redeliver(delivery, stored));
      return redelivered ?? this.#fanOut(delivery, underWay);
    });
  }

  async #fanOut(delivery: Delivery, underWay: UnderWay<FanOutReport>): Promise<FanOutReport> {
    const receivedAt = this.clock.now();
    const backends = this.registry.list();
    const gap = this.#gapOf(delivery, backends);
    const targets = gap === undefined ? backends : backends.filter(({ key }) => gap.has(key));
    const headers = forwardHeaders(delivery.rawHeaders);
    const attempt = (backend: Backend): Try =>
      tryOf(
        backend,
        this.#underWay.attemptAt(backend.key, delivery) ?? this.attempts.attempt(backend, delivery, headers),
        this.clock.now(),
      );
    const fillsGaps = gap !== undefined;
    let tries = targets
      .filter((backend) => fillsGaps || this.drain.queueOf(backend)?.holdsBack !== true)
      .map(attempt);
    underWay.tries = tries;
    await this.#untilAnswer(tries, delivery, this.spool !== undefined);

    let owed = owedAfter(targets, tries);
    let fault: SprayproxyError | undefined;
    if (this.spool !== undefined && owed.length > 0) {
      const keeping = await this.#keep(this.spool, delivery, receivedAt, targets, tries);
      if (keeping.kept) {
        this.gaps.keep(delivery, NOBODY);
        const { stored } = keeping;
        const dead = deadAmong(owed, stored);
        return { id: stored.delivery.id, attempts: endedOf(tries), owed, dead, fillsGaps, spooled: true };
      }
      fault = keeping.fault;
      // Nothing else would find out that they are back.
      const probes = owed.filter(
        (backend) => !tries.some((each) => each.backend === backend) && this.drain.queueOf(backend)?.mayProbe,
      );
      const probing = probes.map(attempt);
      tries = [...tries, ...probing];
      underWay.tries = tries;
      await this.#untilAnswer(probing, delivery, false);
      this.#holdRoomWhileRunning(delivery, probing);
      owed = owedAfter(targets, tries);
    }
    this.gaps.keep(delivery, owed.length === 0 ? NOBODY : new Set(owed.map(({ key }) => key)));
    for (const { ending, result } of tries) {
      if (result === undefined) void this.#fillGap(delivery, ending);
    }
    if (owed.length === 0 || this.spool === undefined) {
      if (this.journal.enabled) this.journal.add(this.records.of(delivery, receivedAt, targets, tries));
      return { attempts: endedOf(tries), owed, dead: [], fillsGaps, spooled: false };
    }
    return { attempts: endedOf(tries), owed, dead: [], fillsGaps, spooled: false, ...(fault && { fault }) };
  }

  async #keep(
    spool: Spool,
    delivery: Delivery,
    receivedAt: number,
    targets: readonly Backend[],
    tries: readonly Try[],
  ): Promise<Keeping> {
    const running = tries.filter(({ result }) => result === undefined);
    this.#holdRoomWhileRunning(delivery, running);
    const stored = this.records.of(delivery, receivedAt, targets, tries);
    const storing = spool.store(stored, delivery.payload);
    const isStored = storing.then(
      () => true,
      () => false,
    );
    // Before it is stored: from then on the queue may read it.
    for (const { backend, ending } of running) this.drain.queueOf(backend)?.adopt(stored, ending, isStored);
    try {
      await storing;
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      return { kept: false, fault: error };
    }
    for (const backend of owedAfter(targets, tries)) this.drain.wake(backend, stored.delivery.id);
    for (const forward of stored.forwards) {
      if (forward.state === 'dead') logGivenUp(this.logger, stored.delivery, forward);
    }
    return { kept: true, stored };
  }

  /**
   * GitHub asks for what is owed, or was given up: that is sent now, and nothing else.
   * @returns `undefined`: it was discarded meanwhile, before anything was sent.
   */
  async #redeliver(delivery: Delivery, known: StoredDelivery): Promise<FanOutReport | undefined> {
    const { spool } = this;
    const stored = await this.#withHeadersOf(delivery, known);
    if (spool === undefined || stored === undefined) return undefined;
    const open = new Set(stored.forwards.filter(isOpen).map(({ backend }) => backend));
    const tries = this.registry
      .list()
      .filter(({ key }) => open.has(key))
      .flatMap((backend) => {
        const ending = this.drain.queueOf(backend)?.sendNow(stored, delivery, reviveDead);
        return ending === undefined ? [] : [tryOf(backend, ending, this.clock.now())];
      });
    let fault: SprayproxyError | undefined;
    try {
      await this.#untilAnswer(tries, delivery, false);
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      fault = error;
    }
    const owed = tries
      .filter(({ result }) => result === undefined || !isServed(result))
      .map(({ backend }) => backend);
    // Somebody may have discarded it.
    const after = await spool.get(stored.delivery.id);
    const isKept = ({ key }: Backend) => after?.forwards.some(({ backend }) => backend === key) === true;
    const spooled = fault === undefined && owed.every(isKept);
    return {
      id: stored.delivery.id,
      attempts: endedOf(tries),
      owed,
      dead: deadAmong(owed, after),
      spooled,
      fillsGaps: true,
      ...(fault && { fault }),
    };
  }

  /** A redelivery may be signed with another secret than the delivery was: what a backend knows now is what counts. */
  async #withHeadersOf(
    { rawHeaders, query }: Delivery,
    known: StoredDelivery,
  ): Promise<StoredDelivery | undefined> {
    if (isDeepStrictEqual([rawHeaders, query], [known.delivery.rawHeaders, known.delivery.query]))
      return known;
    return this.spool?.amend(known.delivery.id, { rawHeaders, query });
  }

  /** The delivery of the same GUID and payload of which something is owed or was given up, by a backend there still is. */
  async #findOpen({ guid, payload }: Delivery): Promise<StoredDelivery | undefined> {
    if (this.spool === undefined || guid === undefined || this.spool.counts().size === 0) return undefined;
    const found = await this.spool.find(guid);
    if (found.length === 0) return undefined;
    const digest = payloadDigest(payload);
    const keys = new Set(this.registry.list().map(({ key }) => key));
    return found.find(
      // Another payload under a known GUID is another delivery.
      ({ delivery, forwards }) =>
        delivery.payloadDigest === digest &&
        forwards.some((forward) => isOpen(forward) && keys.has(forward.backend)),
    );
  }

  /** Keys of the backends that did not get the delivery when it came before; `undefined`: it is for all. */
  #gapOf(delivery: Delivery, backends: readonly Backend[]): ReadonlySet<string> | undefined {
    const gap = this.gaps.owedTo(delivery);
    if (gap === undefined || gap.size === 0) return gap;
    return backends.some(({ key }) => gap.has(key)) ? gap : undefined;
  }

  /**
   * Waits for all of them; with a spool no longer than GitHub does, reckoned from when the webhook came.
   * @param untilFailure also no longer than until one has failed: it is to be owed before newer ones come, and its retry
   *   does not wait for the others
   */
  async #untilAnswer(tries: readonly Try[], delivery: Delivery, untilFailure: boolean): Promise<void> {
    const all = Promise.all(tries.map(({ ending }) => ending));
    if (this.spool === undefined || tries.length === 0) {
      await all;
      return;
    }
    const elapsedMs = this.clock.monotonic() - delivery.arrivedAt;
    let cancel: (() => void) | undefined;
    const ackTimeout = new Promise<void>((resolve) => {
      cancel = this.clock.after(Math.max(0, this.config.ackTimeoutMs - elapsedMs), resolve);
    });
    const enough = untilFailure ? [ackTimeout, firstFailure(tries)] : [ackTimeout];
    await Promise.race([all, ...enough]).finally(cancel);
  }

  /** Attempts that outlive the answer still have the payload. */
  #holdRoomWhileRunning({ room }: Delivery, tries: readonly Try[]): void {
    const release = () => {
      room.release();
    };
    for (const { ending, ended } of tries) {
      if (ended) continue;
      room.retain();
      ending.then(release, release);
    }
  }

  /** An attempt outlived an answer that said the delivery had failed. */
  async #fillGap(delivery: Delivery, ending: Promise<AttemptResult | undefined>): Promise<void> {
    const result = await ending.catch(() => undefined);
    if (result !== undefined && isServed(result)) this.gaps.fill(delivery, result.backend.key);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

const deadAmong = (owed: readonly Backend[], stored: StoredDelivery | undefined): Backend[] =>
  owed.filter(({ key }) =>
    stored?.forwards.some(({ backend, state }) => backend === key && state === 'dead'),
  );
