import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

import { type CutOff } from './cut-off.js';
import { answerText } from './refusal.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A sender's connection, which brings one request at a time. */
export class Connection {
  /** The request that is, or was, served last. */
  current: Exchange | undefined;
  /** What the sender has sent without awaiting the answer. */
  readonly waiting: Exchange[] = [];
  /** Something has waited since it was last quiet. */
  pipelined = false;
  /** It has been told of its end: what it still brings would be done without an answer. */
  over = false;
  #seenBytes = 0;
  #seenAt: number;
  #held = false;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.#seenAt = now;
  }

  /** Whether a request is served or on its way in. */
  get busy(): boolean {
    const response = this.current?.response;
    return response !== undefined && !response.writableFinished && !response.destroyed;
  }

  /** Whether the body of its request is still on its way. */
  get arriving(): boolean {
    return this.busy && this.current?.request.complete === false;
  }

  /**
   * Reads nothing more of it. Node has a socket read on after every message that has come in whole, and for every body;
   * so it is paused again each time.
   */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.socket.on('resume', pauseAgain).pause();
  }

  readOn(): void {
    if (!this.#held) return;
    this.#held = false;
    this.socket.off('resume', pauseAgain).resume();
  }

  /** When it was last seen to have brought something since somebody looked, in ms. */
  progressedAt(now: number): number {
    const { bytesRead } = this.socket;
    if (bytesRead !== this.#seenBytes) {
      this.#seenBytes = bytesRead;
      this.#seenAt = now;
    }
    return this.#seenAt;
  }

  /**
   * Ends it at once.
   * @param status what a sender hears that has not been answered yet; absent: nothing
   */
  cut(cause: CutOff, status?: number): void {
    this.over = true;
    const { arriving, socket, current } = this;
    const answered = this.busy && current?.response.headersSent === true;
    if (status !== undefined && socket.writable && !answered) socket.write(answerText(status));
    // Whoever reads the body hears the reason from it; destroying it destroys the connection.
    if (arriving) current?.request.destroy(cause);
    else socket.destroy();
  }
}

function pauseAgain(this: Socket): void {
  this.pause();
}
