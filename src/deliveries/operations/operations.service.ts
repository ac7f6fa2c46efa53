import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { Pauses } from '../../backends/pauses.js';
import { Clock } from '../../clock/clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { LanesService } from '../../forwarding/lane/lanes.service.js';
import { RecentDeliveries } from '../../forwarding/recent/recent-deliveries.js';
import { Logger } from '../../logging/logger.js';
import { isTo } from '../../model/delivery-filter.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { Spool } from '../../spool/spool.js';
import { type BulkRequest } from './bulk-request.js';
import { count } from './candidates.js';
import { type NotedOperation, OperationNotes } from './operation-notes.js';
import { type OperationTools } from './operation-parts.js';
import { type Count, type Operation } from './operation.js';
import { Patience } from './patience.js';
import { Progress } from './progress.js';
import { RunningOperation } from './running-operation.js';

/** Whoever begins an operation is told how much there is to do, unless that takes longer to count. */
const MAX_COUNTING_MS = 5000;

/** Does something to many deliveries, in the background; one operation at a time, by whichever process. */
@Injectable()
export class OperationsService implements BeforeApplicationShutdown {
  readonly #tools: OperationTools;
  readonly #notes: OperationNotes;
  #running: RunningOperation | undefined;
  #isStopping = false;

  constructor(
    private readonly spool: Spool,
    registry: BackendRegistry,
    pauses: Pauses,
    lanes: LanesService,
    recent: RecentDeliveries,
    private readonly clock: Clock,
    config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    this.#tools = { spool, registry, pauses, lanes, recent, clock, config };
    this.#notes = new OperationNotes(spool, clock);
  }

  /** An orderly end: what has been begun is noted as interrupted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#running?.end('interrupted');
  }

  /**
   * How much there would be to do.
   * @param end aborted: nobody wants to know
   * @throws SprayproxyError `no-spool`, `backend-unknown`, `spool-failed`
   */
  async count(request: BulkRequest, end: AbortController): Promise<Count> {
    this.#mustBePossible(request);
    const progress = new Progress();
    const below = this.spool.nextId(this.clock.now());
    const patience = new Patience(this.clock, end);
    await count({ ...this.#tools, request, below, progress, patience });
    return progress.view.total;
  }

  /** @throws SprayproxyError `no-spool`, `backend-unknown`, `forward-conflict`: another is running; `spool-failed` */
  async begin(request: BulkRequest, user: string | undefined): Promise<Operation> {
    this.#mustBePossible(request);
    const noted = await this.#noteBegin(request, user);
    const running = new RunningOperation(noted, request, this.#notes, this.#tools, this.logger);
    this.#running = running;
    void running.ended.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (cancel = this.clock.after(MAX_COUNTING_MS, resolve)));
    await Promise.race([running.counted, late]).finally(() => {
      cancel();
    });
    return running.operation;
  }

  /** Newest first. @throws SprayproxyError `spool-failed` */
  async list(): Promise<Operation[]> {
    return (await this.#known()).map(({ operation }) => operation);
  }

  /** @throws SprayproxyError `operation-unknown`, `spool-failed` */
  async get(id: string): Promise<Operation> {
    return (await this.#find(id)).operation;
  }

  /**
   * Ends an operation; one that has ended stays as it is.
   * @returns `isOurs`: it is this that has ended it
   * @throws SprayproxyError `operation-unknown`, `spool-failed`
   */
  async cancel(
    id: string,
    user: string | undefined,
  ): Promise<{ readonly operation: Operation; readonly isOurs: boolean }> {
    for (;;) {
      const known = await this.#find(id);
      if (known.operation.state !== 'running') return { operation: known.operation, isOurs: false };
      const endedAt = new Date(this.clock.now()).toISOString();
      const by = user === undefined ? {} : { cancelledBy: user };
      const change = { state: 'cancelled', endedAt, ...by } as const;
      const cancelled = await this.#notes.change(known, change);
      if (cancelled === undefined) continue;
      if (this.#running?.id !== id) return { operation: cancelled.operation, isOurs: true };
      await this.#running.end('cancelled');
      return { operation: (await this.#find(id)).operation, isOurs: true };
    }
  }

  async #noteBegin({ action, filters, accepted }: BulkRequest, user?: string): Promise<NotedOperation> {
    for (;;) {
      if (this.#isStopping) throw new SprayproxyError('spool-failed', 'the program is about to end');
      const known = await this.#known();
      const other = known.find(({ operation }) => operation.state === 'running')?.operation.id;
      // One that has just been cancelled elsewhere may not have heard of it.
      const busy = other ?? this.#running?.id;
      if (busy !== undefined) {
        throw new SprayproxyError(
          'forward-conflict',
          `operation ${busy} is running: wait for its end, or cancel it`,
        );
      }
      const now = new Date(this.clock.now()).toISOString();
      const operation: Operation = {
        id: String(this.spool.nextId(this.clock.now())),
        ...{ action, filters, accepted, ...(user !== undefined && { user }) },
        ...{ state: 'running', startedAt: now, ...new Progress().view },
        ...{ by: this.spool.holder, notedAt: now },
      };
      const noted = await this.#notes.add(operation, known);
      if (noted !== undefined) return noted;
    }
  }

  /** Those whose process is gone are noted as interrupted. */
  async #known(): Promise<NotedOperation[]> {
    const known = await this.#notes.list();
    return Promise.all(known.map((each) => this.#seen(each)));
  }

  async #seen(noted: NotedOperation): Promise<NotedOperation> {
    const { state, by, notedAt, id } = noted.operation;
    if (state !== 'running' || !(await this.spool.isGone(by))) return noted;
    const change = { state: 'interrupted', endedAt: notedAt } as const;
    const interrupted = await this.#notes.change(noted, change);
    if (interrupted !== undefined)
      this.logger.warn({ operation: id }, 'operation interrupted: its process is gone');
    return interrupted ?? { ...noted, operation: { ...noted.operation, ...change } };
  }

  async #find(id: string): Promise<NotedOperation> {
    const found = (await this.#known()).find(({ operation }) => operation.id === id);
    if (found === undefined) throw new SprayproxyError('operation-unknown', 'no such operation');
    return found;
  }

  #mustBePossible({ action, filter: { backend } }: BulkRequest): void {
    if (action !== 'resend') return;
    const { spool, registry } = this.#tools;
    if (!spool.keeps) {
      throw new SprayproxyError('no-spool', 'there is no spool: nothing is kept that could be sent again');
    }
    const isKnown = (wanted: string) =>
      registry.list().some(({ key }) => isTo(key, wanted)) || spool.isWantedElsewhere(wanted);
    if (backend !== undefined && !isKnown(backend))
      throw new SprayproxyError('backend-unknown', 'no such backend');
  }
}
