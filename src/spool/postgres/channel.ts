import { randomUUID } from 'node:crypto';
import { type Client } from 'pg';

import { type Clock } from '../../clock/clock.js';
import { CHANNEL, decode, type Message } from './message.js';

/** Before it connects again; up to a quarter longer, so that not all replicas do so at once. */
const RECONNECT_AFTER_MS = 1000;

/** The same where messages do not arrive, which does not change by itself. */
const TRY_AGAIN_AFTER_MS = 60_000;

/** How often it sees whether messages still arrive: a connection that leads nowhere does not tell. */
const CHECK_EVERY_MS = 10_000;

/** A message takes some ms. */
const ARRIVES_WITHIN_MS = 2000;

interface Options {
  /** Makes a connection, with keepalive. */
  readonly connect: () => Promise<Client>;
  /** Sends to the channel on some other connection. */
  readonly send: (payload: string) => Promise<unknown>;
  readonly holder: string;
  readonly clock: Clock;
  /** Hears what others have sent. */
  readonly onMessage: (message: Message) => void;
  /** Hears whether messages arrive from now on; those that were sent before are lost. */
  readonly onListening: (listening: boolean) => void;
}

/**
 * Hears what other replicas tell, on a connection of its own, which it makes anew when it was lost. PgBouncer in transaction
 * mode says that LISTEN works, and then nothing comes: so it sends itself a message, and believes only that.
 */
export class Channel {
  #listening = false;
  #isDeaf = false;
  #isStopped = false;
  #client: Client | undefined;
  #running: Promise<void> = Promise.resolve();
  #wakeUp: () => void = () => undefined;
  /** What it has sent itself, and who waits for it. */
  #check = { payload: '', hasArrived: (): void => undefined };

  constructor(private readonly options: Options) {}

  /** Whether messages arrive. */
  get listening(): boolean {
    return this.#listening;
  }

  /** Whether messages do not arrive although there is a connection: it will not change soon. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Lets go of its connection. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const pauseMs = await this.#listen();
      await this.#wait(pauseMs * (1 + this.options.clock.random() / 4));
    }
  }

  /** @returns ms until it is worth another try, when it has come to an end */
  async #listen(): Promise<number> {
    try {
      this.#client = await this.options.connect();
      return await this.#listenOn(this.#client);
    } catch {
      return RECONNECT_AFTER_MS;
    } finally {
      // An orderly end would wait for a server that may not be there.
      this.#client?.connection.stream.destroy();
      this.#client = undefined;
      this.#setListening(false);
    }
  }

  async #listenOn(client: Client): Promise<number> {
    let isLost = false;
    const isOver = (): boolean => isLost || this.#isStopped;
    const lose = (): void => {
      isLost = true;
      // One that was let go of ends later.
      if (client === this.#client) this.#wakeUp();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ payload = '' }) => {
      this.#hear(payload);
    });
    await client.query(`LISTEN ${CHANNEL}`);
    while (!isOver()) {
      const hasArrived = await this.#arrives();
      if (isOver()) break;
      this.#isDeaf = !hasArrived && !this.#listening;
      if (!hasArrived) return this.#isDeaf ? TRY_AGAIN_AFTER_MS : RECONNECT_AFTER_MS;
      this.#setListening(true);
      await this.#wait(CHECK_EVERY_MS);
    }
    return RECONNECT_AFTER_MS;
  }

  /** @throws Error if it could not be sent */
  async #arrives(): Promise<boolean> {
    const payload = JSON.stringify([this.options.holder, 'check', randomUUID()]);
    let hasArrived = false;
    this.#check = {
      payload,
      hasArrived: () => {
        hasArrived = true;
        this.#wakeUp();
      },
    };
    const waited = this.#wait(ARRIVES_WITHIN_MS);
    await this.options.send(payload);
    await waited;
    return hasArrived;
  }

  #hear(payload: string): void {
    if (payload === this.#check.payload) {
      this.#check.hasArrived();
      return;
    }
    const heard = decode(payload);
    if (heard !== undefined && heard.holder !== this.options.holder) this.options.onMessage(heard.message);
  }

  #setListening(listening: boolean): void {
    if (listening === this.#listening) return;
    this.#listening = listening;
    this.options.onListening(listening);
  }

  /** Until then, or until something has happened. */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isStopped) {
        resolve();
        return;
      }
      const cancel = this.options.clock.after(ms, resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }
}
