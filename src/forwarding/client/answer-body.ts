import { type Framing } from './answer-head.js';

/** A chunk's size with its extensions, or a trailer. */
const MAX_LINE_BYTES = 16 * 1024;

const CHUNK_SIZE = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r$/i;
const LF = 0x0a;

export interface BodyTaker {
  /** @param bytes good for this call only */
  takeBody(bytes: Buffer): void;
}

/** Takes a body out of its framing, however the bytes are split. @see RFC 9112 sections 6 and 7 */
export class AnswerBody {
  /** Bytes still to come of the body, or of the chunk. */
  #left: number;
  #next: 'size' | 'end of chunk' | 'trailer' = 'size';
  #line = '';
  ended: boolean;

  constructor(
    private readonly framing: Framing,
    private readonly taker: BodyTaker,
  ) {
    this.#left = framing === 'chunked' ? 0 : framing === 'close' ? Infinity : framing;
    this.ended = this.#left === 0 && framing !== 'chunked';
  }

  /**
   * @returns how many of the bytes belong to the body; fewer than all: it has ended
   * @throws Error if they are no chunks
   */
  read(bytes: Buffer): number {
    let at = 0;
    while (!this.ended && at < bytes.length) {
      at = this.#left > 0 ? this.#readData(bytes, at) : this.#readLine(bytes, at);
    }
    return at;
  }

  #readData(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.taker.takeBody(bytes.subarray(from, to));
    this.#left -= to - from;
    if (this.#left === 0 && this.framing !== 'chunked') this.ended = true;
    return to;
  }

  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    const to = end < 0 ? bytes.length : end;
    this.#line += bytes.toString('latin1', from, to);
    if (this.#line.length > MAX_LINE_BYTES) throw new Error('a line between the chunks is too long');
    if (end < 0) return to;
    this.#takeLine(this.#line);
    this.#line = '';
    return end + 1;
  }

  #takeLine(line: string): void {
    if (this.#next === 'size') {
      const [, digits] = CHUNK_SIZE.exec(line) ?? [];
      if (digits === undefined) throw new Error('the answer is not in chunks, though it says so');
      this.#left = parseInt(digits, 16);
      this.#next = this.#left === 0 ? 'trailer' : 'end of chunk';
    } else if (this.#next === 'trailer') {
      this.ended = line === '\r';
    } else {
      if (line !== '\r') throw new Error('a chunk of the answer is longer than it says');
      this.#next = 'size';
    }
  }
}
