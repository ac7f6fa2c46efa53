import { AnswerBody, type BodyTaker } from './answer-body.js';
import { type AnswerHead, parseAnswerHead } from './answer-head.js';

/** All heads of an answer together, those of interim answers included: an endless stream of them is cut off. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** A longer body is cut off together with its connection: reading on would cost more than a new one. */
export const MAX_BODY_BYTES = 64 * 1024;

const HEAD_END = /\r?\n\r?\n/;
const BEGINNING = 'HTTP/';

/** What follows a 101 is the final answer, in words of another protocol. @see RFC 9110 section 15.2.2 */
const SWITCHED = 101;
const INTERIM = /^HTTP\/\d\.\d 1(?!01)/;

/** In any other, a final answer may lie hidden whose body would then be taken for it. */
const SOUND_HEAD = /^[^\r\n]*\r?\n(?:[\w!#$%&'*+.^`|~-]+[ \t]*:[^\r\n]*\r?\n)*\r?\n$/;
const CR = 0x0d;
const LF = 0x0a;

export interface AnswerTaker extends BodyTaker {
  /** Is given the final head once, before the body. */
  takeHead(head: AnswerHead): void;
}

/** The answer to one request, read as it comes in, however its bytes are split. */
export class AnswerReader {
  /** Of the final answer; interim ones (1xx) are skipped, asked for or not. */
  #head: AnswerHead | undefined;
  #text = '';
  /** Where the end of the head may have begun. */
  #tail = '';
  #headBytes = 0;
  #bodyBytes = 0;
  #body: AnswerBody | undefined;
  #leftover = false;
  /** Whether a final answer is on its way that cannot be read. */
  #lost = false;

  constructor(private readonly taker: AnswerTaker) {}

  /** Whether the answer has come to its own end. */
  get ended(): boolean {
    return this.#body?.ended === true;
  }

  /** Whether it came to a clean end, so that the connection may be used again. */
  get reusable(): boolean {
    return this.ended && !this.#leftover && this.#head?.reusable === true;
  }

  /** Whether a final answer has begun, though its status cannot be told. */
  get begun(): boolean {
    return this.#lost || (this.#text !== '' && this.#isHttp() && !INTERIM.test(this.#text));
  }

  /** @throws Error if this is no answer, or one that is not worth reading on */
  read(bytes: Buffer): void {
    let rest = bytes;
    while (this.#body === undefined && rest.length > 0) rest = this.#readHead(rest);
    if (this.#body === undefined) return;
    const length = this.#body.read(rest);
    this.#bodyBytes += length;
    if (this.#bodyBytes > MAX_BODY_BYTES) throw new Error('the answer is too long');
    if (length < rest.length) this.#leftover = true;
  }

  /** The connection is over: of a status line that has come whole, the status counts. */
  end(): void {
    if (this.#head !== undefined) return;
    const head = parseAnswerHead(this.#text, true);
    if (head !== undefined) this.#take(head);
  }

  /** @returns what follows the head, if that ends here; else nothing */
  #readHead(bytes: Buffer): Buffer {
    // Some servers end their previous answer with a line too many.
    const from = this.#text === '' && isLineEnd(bytes[0]) ? bytes.findIndex((byte) => !isLineEnd(byte)) : 0;
    const text = from < 0 ? '' : bytes.toString('latin1', from);
    const known = this.#text.length;
    this.#text += text;
    if (known < BEGINNING.length && !this.#isHttp()) throw new Error('the answer is not HTTP');
    const window = this.#tail + text;
    const end = HEAD_END.exec(window);
    const bodyBytes = end === null ? 0 : window.length - end.index - end[0].length;
    this.#headBytes += bytes.length - bodyBytes;
    if (this.#headBytes > MAX_HEAD_BYTES) throw new Error('the head of the answer is too long');
    this.#tail = window.slice(-3);
    if (end !== null) this.#takeHead(this.#text.slice(0, this.#text.length - bodyBytes));
    return bytes.subarray(bytes.length - bodyBytes);
  }

  #takeHead(text: string): void {
    const head = parseAnswerHead(text);
    if (head === undefined) throw new Error('the answer does not begin with a status line');
    this.#text = '';
    this.#tail = '';
    this.#lost = head.status === SWITCHED || (head.status < 200 && !SOUND_HEAD.test(text));
    if (head.status === SWITCHED) throw new Error('the backend switched to another protocol, unasked (101)');
    if (this.#lost) throw new Error('an interim answer cannot be read');
    this.#take(head);
  }

  #take(head: AnswerHead): void {
    if (head.status < 200) return;
    this.#head = head;
    this.#body = new AnswerBody(head.framing, this.taker);
    this.taker.takeHead(head);
  }

  #isHttp(): boolean {
    return BEGINNING.startsWith(this.#text.slice(0, BEGINNING.length));
  }
}

const isLineEnd = (byte: number | undefined): boolean => byte === CR || byte === LF;
