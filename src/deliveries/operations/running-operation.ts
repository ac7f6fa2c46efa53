import { type Logger } from '../../logging/logger.js';
import { printable } from '../../model/printable.js';
import { type BulkRequest } from './bulk-request.js';
import { count } from './candidates.js';
import { discardMany } from './discard-many.js';
import { type NotedOperation, type OperationNotes } from './operation-notes.js';
import { type OperationParts, type OperationTools } from './operation-parts.js';
import { type Operation, type OperationState } from './operation.js';
import { Ended, type EndReason, Patience } from './patience.js';
import { Progress } from './progress.js';
import { resendMany } from './resend-many.js';

/** Also how soon it ends when somebody has cancelled it at another replica. */
const NOTE_EVERY_MS = 1000;

/** What is not noted for days is forgotten. */
const NOTE_AT_LEAST_EVERY_MS = 60_000;

const MAX_ERROR = 200;

/** An operation that this process runs. */
export class RunningOperation {
  readonly id: string;
  /** Resolves when it is noted how many there are, or it has ended. */
  readonly counted: Promise<void>;
  /** Resolves when it has ended, and that is noted. Never rejects. */
  readonly ended: Promise<void>;
  readonly #progress = new Progress();
  readonly #parts: OperationParts;
  #noted: NotedOperation;
  #notedVersion = 0;
  #notedAt: number;
  #lastNote: Promise<void> = Promise.resolve();

  constructor(
    noted: NotedOperation,
    request: BulkRequest,
    private readonly notes: OperationNotes,
    private readonly tools: OperationTools,
    private readonly logger: Logger,
  ) {
    this.#noted = noted;
    this.#notedAt = tools.clock.monotonic();
    this.id = noted.operation.id;
    const patience = new Patience(tools.clock, new AbortController());
    const below = Number(this.id);
    this.#parts = { ...tools, request, below, progress: this.#progress, patience };
    const counting = count(this.#parts);
    // So that whoever asks for it from now on, at whichever replica, finds how much there is to do.
    this.counted = counting.then(() => patience.through(() => this.#noteInTurn())).catch(() => undefined);
    this.ended = this.#run(counting);
  }

  get operation(): Operation {
    return { ...this.#noted.operation, ...this.#progress.view };
  }

  /** Resolves when it has ended. */
  end(reason: EndReason): Promise<void> {
    this.#parts.patience.end(reason);
    return this.ended;
  }

  async #run(counting: Promise<void>): Promise<void> {
    const noting = this.#keepNoting();
    let state: OperationState = 'done';
    let error: string | undefined;
    try {
      await counting;
      await (this.#parts.request.action === 'resend' ? resendMany : discardMany)(this.#parts);
    } catch (fault) {
      if (fault instanceof Ended) {
        state = this.#parts.patience.reason ?? 'interrupted';
      } else {
        state = 'failed';
        error = printable(String(fault), MAX_ERROR);
        this.logger.error({ operation: this.id, err: fault }, 'operation failed');
      }
    }
    this.#parts.patience.end('done');
    await Promise.all([noting, this.counted]);
    await this.#noteEnd(state, error);
    const { action, user, total, done, outcomes } = this.operation;
    this.logger.info({ operation: this.id, action, state, user, total, done, outcomes }, 'operation ended');
  }

  /** Until it ends. Never rejects. */
  async #keepNoting(): Promise<void> {
    const { patience } = this.#parts;
    try {
      for (;;) {
        await patience.wait(NOTE_EVERY_MS);
        await patience.through(() => this.#noteInTurn());
      }
    } catch (error) {
      if (error instanceof Ended) return;
      this.logger.error({ operation: this.id, err: error }, 'operation failed');
      patience.end('failed');
    }
  }

  #noteInTurn(): Promise<void> {
    const note = this.#lastNote.then(() => this.#note());
    this.#lastNote = note.catch(() => undefined);
    return note;
  }

  /** Notes how far it is; finds out whether somebody has ended it. */
  async #note(): Promise<void> {
    const { version, view } = this.#progress;
    const now = this.tools.clock.monotonic();
    if (version === this.#notedVersion && now - this.#notedAt < NOTE_AT_LEAST_EVERY_MS) {
      await this.#lookAround();
      return;
    }
    const noted = await this.notes.change(this.#noted, view);
    if (noted === undefined) {
      await this.#lookAround();
      return;
    }
    this.#noted = noted;
    this.#notedVersion = version;
    this.#notedAt = now;
  }

  async #lookAround(): Promise<void> {
    const known = (await this.notes.list()).find(({ operation }) => operation.id === this.id);
    const { state } = known?.operation ?? { state: 'interrupted' };
    if (state !== 'running') this.#parts.patience.end(state);
    if (known !== undefined) this.#noted = known;
  }

  /** What somebody has noted of its end stays. Where it cannot be noted, it is found to be interrupted. */
  async #noteEnd(state: OperationState, error: string | undefined): Promise<void> {
    const { clock } = this.tools;
    const endedAt = new Date(clock.now()).toISOString();
    const { waitingFor, ...last } = this.#progress.view;
    const end = { state, endedAt, ...(error !== undefined && { error }) };
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const { operation } = this.#noted;
        const isEnded = operation.state !== 'running';
        const noted = await this.notes.change(this.#noted, { ...(!isEnded && end), ...last });
        if (noted !== undefined) {
          this.#noted = noted;
          return;
        }
        await this.#lookAround();
      } catch (fault) {
        this.logger.warn(
          { operation: this.id, why: String(fault) },
          'the end of an operation cannot be noted',
        );
        return;
      }
    }
  }
}
