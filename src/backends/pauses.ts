import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { EventEmitter } from 'node:events';

import { Clock } from '../clock/clock.js';
import { Logger } from '../logging/logger.js';
import { parsePauses, type Pause, PAUSES_NOTE, type PausesByKey, pausesText } from '../model/pause.js';
import { KEPT_FOR_GOOD } from '../spool/notes.js';
import { Spool } from '../spool/spool.js';

/** The clock may be set forward, and a timer takes no more than 24 days. */
const MAX_WAIT_MS = 60_000;

const READ_AGAIN_MS = 1000;

export type PauseOptions = Pick<Pause, 'until' | 'reason' | 'user'>;

/**
 * Which backends are paused, by their keys. That stands in the spool: it outlives the process, and all who use the spool know
 * it. Emits `ended` with the key of a backend that is no longer paused, and `known` when `holds` may have become false of any.
 */
@Injectable()
export class Pauses
  extends EventEmitter<{ ended: [string]; known: [] }>
  implements OnModuleInit, OnApplicationShutdown
{
  #byKey: PausesByKey = new Map();
  #lastChange: Promise<unknown> = Promise.resolve();
  /** How often somebody has said that others may be paused. */
  #said = 0;
  /** Whether others may be paused than those that were read last, and nobody would have said so. */
  #isBlind = false;
  #isStopped = false;
  #cancelEnd: () => void = () => undefined;
  #cancelReading: () => void = () => undefined;

  constructor(
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    if (!this.spool.keeps) return;
    this.#isBlind = true;
    this.spool.watch(({ kind }) => {
      if (kind === 'lost') {
        this.#said += 1;
        this.#isBlind = true;
      } else if (kind === 'backends' || kind === 'found') void this.#hear();
    });
    await this.#hear();
  }

  onApplicationShutdown(): void {
    this.#isStopped = true;
    this.#cancelEnd();
    this.#cancelReading();
  }

  /** @param key of the backend */
  get(key: string): Pause | undefined {
    const pause = this.#byKey.get(key);
    return pause !== undefined && this.#lasts(pause) ? pause : undefined;
  }

  list(): PausesByKey {
    return this.#lasting(this.#byKey);
  }

  /**
   * Whether no attempt may be made at a backend: it is paused. So may any be where it is about to be read what others did; while
   * the spool cannot be read, what was read last counts.
   */
  holds(key: string): boolean {
    return (this.#isBlind && this.spool.fault === undefined) || this.get(key) !== undefined;
  }

  /**
   * Pauses a backend, or changes until when it is paused and why.
   * @throws SprayproxyError `spool-failed`, `spool-unsure`
   */
  pause(key: string, options: PauseOptions): Promise<Pause> {
    return this.#oneAtATime(async () => {
      for (;;) {
        const { text, pauses } = await this.#noted();
        const pause = { since: pauses.get(key)?.since ?? this.clock.now(), ...options };
        if (await this.#note(new Map(pauses).set(key, pause), text)) return pause;
      }
    });
  }

  /**
   * Ends the pause of a backend, if it has one, and gives it.
   * @throws SprayproxyError `spool-failed`, `spool-unsure`
   */
  end(key: string): Promise<Pause | undefined> {
    return this.#oneAtATime(async () => {
      for (;;) {
        const { text, pauses } = await this.#noted();
        const pause = pauses.get(key);
        if (pause === undefined) return undefined;
        const rest = new Map(pauses);
        rest.delete(key);
        if (await this.#note(rest, text)) return pause;
      }
    });
  }

  /** The same for a backend that this process does not have, unless another has it. */
  async endUnwanted(key: string): Promise<void> {
    if (!this.spool.isWantedElsewhere(key)) await this.end(key);
  }

  async #noted(): Promise<{ text: string | undefined; pauses: PausesByKey }> {
    const text = (await this.spool.noted([PAUSES_NOTE])).get(PAUSES_NOTE);
    return { text, pauses: this.#lasting(parsePauses(text)) };
  }

  /** @returns `false`: somebody has noted others meanwhile. */
  async #note(pauses: PausesByKey, before: string | undefined): Promise<boolean> {
    const note = { name: PAUSES_NOTE, text: pausesText(pauses), at: KEPT_FOR_GOOD };
    const isMade = await this.spool.note(note, before);
    if (isMade) this.#take(pauses);
    return isMade;
  }

  #hear(): Promise<void> {
    this.#said += 1;
    return this.#oneAtATime(() => this.#read());
  }

  async #read(): Promise<void> {
    // Whoever tells that it can be read again is heard.
    if (this.spool.fault !== undefined || this.#isStopped) return;
    const said = this.#said;
    let pauses: PausesByKey;
    try {
      ({ pauses } = await this.#noted());
    } catch (error) {
      this.logger.warn({ why: String(error) }, 'cannot read which backends are paused; trying again');
      this.#cancelReading();
      this.#cancelReading = this.clock.after(READ_AGAIN_MS, () => void this.#hear());
      return;
    }
    const wasBlind = this.#isBlind;
    if (said === this.#said) this.#isBlind = false;
    this.#take(pauses);
    if (wasBlind && !this.#isBlind) this.emit('known');
  }

  /** Memory and the spool must agree in the end. */
  #oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  #take(pauses: PausesByKey): void {
    const before = this.#byKey;
    this.#byKey = pauses;
    for (const [key, pause] of before) if (!pauses.has(key)) this.#ended(key, pause);
    this.#endInTime();
  }

  #ended(key: string, pause: Pause): void {
    // Of those who share a spool one says what nobody did.
    if (!this.#lasts(pause) && this.spool.drains(key))
      this.logger.info({ backend: key, since: time(pause.since) }, 'the pause of a backend is over');
    this.emit('ended', key);
  }

  /** Sees to it that pauses end by themselves. */
  #endInTime(): void {
    this.#cancelEnd();
    const next = Math.min(...[...this.#byKey.values()].map(({ until = Infinity }) => until));
    if (next === Infinity || this.#isStopped) return;
    this.#cancelEnd = this.clock.after(Math.min(MAX_WAIT_MS, Math.max(0, next - this.clock.now())), () => {
      this.#take(this.#lasting(this.#byKey));
    });
  }

  #lasting = (pauses: PausesByKey): PausesByKey =>
    new Map([...pauses].filter(([, pause]) => this.#lasts(pause)));

  #lasts = ({ until = Infinity }: Pause): boolean => until > this.clock.now();
}

const time = (ms: number): string => new Date(ms).toISOString();
