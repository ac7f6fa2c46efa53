import { Inject, Injectable, Optional } from '@nestjs/common';

import { BackendRegistry } from '../backends/backend-registry.js';
import { type Backend } from '../backends/backend.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../errors/sprayproxy-error.js';
import { isOpen, reviveDead } from '../spool/forward.js';
import { Journal } from '../spool/journal.js';
import { payloadDigest, Spool, type StoredDelivery } from '../spool/spool.js';
import { type AttemptResult, isServed } from './attempt.js';
import { AttemptService } from './attempt.service.js';
import { Clock } from './clock.js';
import { type Delivery } from './delivery.js';
import { DeliveryRecords, type Try } from './delivery-records.js';
import { DrainService } from './drain.service.js';
import { forwardHeaders } from './forward-headers.js';
import { GapMemory } from './gap-memory.js';

export interface FanOutReport {
  /** The attempts that have ended. */
  readonly attempts: readonly AttemptResult[];
  /** The backends that are still owed the delivery. */
  readonly owed: readonly Backend[];
  /** Whether what is owed is on disk and will be sent. */
  readonly spooled: boolean;
  /** Why what is owed is not on disk, where there is a spool. */
  readonly fault?: SprayproxyError;
  /** Whether this was GitHub's redelivery of one that some backend had not got: then those alone were tried. */
  readonly fillsGaps: boolean;
}

/** Sends a delivery to every backend that is owed it, all at once; sees to it that the spool has what remains. */
@Injectable()
export class FanOutService {
  /** By GUID. */
  readonly #underWay = new Map<
    string,
    { readonly payload: Buffer; readonly report: Promise<FanOutReport> }
  >();

  constructor(
    private readonly registry: BackendRegistry,
    private readonly attempts: AttemptService,
    private readonly drain: DrainService,
    private readonly gaps: GapMemory,
    private readonly journal: Journal,
    private readonly records: DeliveryRecords,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /** One delivery at a time: a redelivery of what is being delivered gets what that leaves owed, if anything. */
  async deliver(delivery: Delivery): Promise<FanOutReport> {
    const { guid, payload } = delivery;
    if (guid === undefined) return this.#deliver(delivery);
    const before = this.#underWay.get(guid);
    // Another payload under a known GUID is another delivery.
    if (before?.payload.equals(payload) === true) {
      const report = await before.report.catch(() => undefined);
      return report?.owed.length === 0 ? report : this.deliver(delivery);
    }
    const report = this.#deliver(delivery);
    const entry = { payload, report };
    this.#underWay.set(guid, entry);
    try {
      return await report;
    } finally {
      if (this.#underWay.get(guid) === entry) this.#underWay.delete(guid);
    }
  }

  async #deliver(delivery: Delivery): Promise<FanOutReport> {
    const stored = await this.#findOpen(delivery);
    if (stored !== undefined) return this.#redeliver(delivery, stored);

    const receivedAt = this.clock.now();
    const gap = this.gaps.owedTo(delivery);
    const backends = this.registry.list();
    const targets = gap === undefined ? backends : backends.filter(({ key }) => gap.has(key));
    const headers = forwardHeaders(delivery.rawHeaders);
    const tries = targets
      .filter((backend) => this.drain.queueOf(backend)?.holdsBack !== true)
      .map((backend) => this.#try(backend, this.attempts.attempt(backend, delivery, headers)));
    await this.#ended(tries);

    const attempts = tries.flatMap(({ result }) => result ?? []);
    const served = new Set(attempts.filter(isServed).map(({ backend }) => backend.key));
    const owed = targets.filter(({ key }) => !served.has(key));
    const report = { attempts, owed, fillsGaps: gap !== undefined };
    if (this.spool === undefined || owed.length === 0) {
      this.gaps.keep(delivery, new Set(owed.map(({ key }) => key)));
      if (this.journal.enabled) this.journal.add(this.records.of(delivery, receivedAt, targets, tries));
      return { ...report, spooled: false };
    }
    return { ...report, ...(await this.#spool(this.spool, delivery, receivedAt, targets, tries, owed)) };
  }

  async #spool(
    spool: Spool,
    delivery: Delivery,
    receivedAt: number,
    targets: readonly Backend[],
    tries: readonly Try[],
    owed: readonly Backend[],
  ): Promise<{ spooled: boolean; fault?: SprayproxyError }> {
    const running = tries.filter(({ result }) => result === undefined);
    for (const { ending } of running) this.#keepUntil(delivery, ending);
    const stored = this.records.of(delivery, receivedAt, targets, tries);
    const { id } = stored.delivery;
    const storing = spool.store(stored, delivery.payload);
    const isStored = storing.then(
      () => true,
      () => false,
    );
    // Before it is stored: from then on the queue may read it.
    for (const { backend, ending } of running) this.drain.queueOf(backend)?.adopt(id, ending, isStored);
    try {
      await storing;
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      this.gaps.keep(delivery, new Set(owed.map(({ key }) => key)));
      for (const { ending } of running) this.#fillGap(delivery, ending).catch(() => undefined);
      return { spooled: false, fault: error };
    }
    this.gaps.keep(delivery, new Set());
    for (const backend of owed) this.drain.wake(backend, id);
    return { spooled: true };
  }

  /** GitHub asks for what is owed, or was given up: that is sent now, and nothing else. */
  async #redeliver(delivery: Delivery, stored: StoredDelivery): Promise<FanOutReport> {
    const open = new Set(stored.forwards.filter(isOpen).map(({ backend }) => backend));
    const tries = this.registry
      .list()
      .filter(({ key }) => open.has(key))
      .flatMap((backend) => {
        const ending = this.drain.queueOf(backend)?.sendNow(stored, delivery, reviveDead);
        return ending === undefined ? [] : [this.#try(backend, ending)];
      });
    let fault: SprayproxyError | undefined;
    try {
      await this.#ended(tries);
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      fault = error;
    }
    const attempts = tries.flatMap(({ result }) => result ?? []);
    const owed = tries
      .filter(({ result }) => result === undefined || !isServed(result))
      .map(({ backend }) => backend);
    return { attempts, owed, spooled: fault === undefined, fillsGaps: true, ...(fault && { fault }) };
  }

  /** The delivery of the same GUID and payload of which something is owed or was given up. */
  async #findOpen({ guid, payload }: Delivery): Promise<StoredDelivery | undefined> {
    if (this.spool === undefined || guid === undefined || this.spool.counts().size === 0) return undefined;
    const found = await this.spool.find(guid);
    if (found.length === 0) return undefined;
    const digest = payloadDigest(payload);
    // Another payload under a known GUID is another delivery.
    return found.find(({ delivery }) => delivery.payloadDigest === digest);
  }

  #try(backend: Backend, ending: Promise<AttemptResult | undefined>): Try {
    const started: Try = { backend, startedAt: this.clock.now(), ending };
    ending.then(
      (result) => {
        if (result !== undefined) started.result = result;
      },
      () => undefined,
    );
    return started;
  }

  /** Waits for all of them; with a spool no longer than GitHub does. */
  async #ended(tries: readonly Try[]): Promise<void> {
    const all = Promise.all(tries.map(({ ending }) => ending));
    if (this.spool === undefined) {
      await all;
      return;
    }
    let cancel: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.after(this.config.ackTimeoutMs, resolve);
    });
    await Promise.race([all, timeout]).finally(cancel);
  }

  #keepUntil({ room }: Delivery, ending: Promise<unknown>): void {
    room.retain();
    const release = () => {
      room.release();
    };
    ending.then(release, release);
  }

  /** An attempt outlived an answer that said the delivery had failed. */
  async #fillGap(delivery: Delivery, ending: Promise<AttemptResult | undefined>): Promise<void> {
    const result = await ending;
    if (result !== undefined && isServed(result)) this.gaps.fill(delivery, result.backend.key);
  }
}
