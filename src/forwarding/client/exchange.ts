import { type Clock } from '../../clock/clock.js';
import { type Payload } from '../../model/payload.js';
import { Answer } from './answer.js';
import { type AnswerHead } from './answer-head.js';
import { AnswerReader, type AnswerTaker } from './answer-reader.js';

/** No answer came. */
export class NoAnswerError extends Error {
  constructor(
    message: string,
    /** Whether a byte of the request may have been sent. */
    readonly requestBegan: boolean,
    /** Whether an answer had begun, though not even its status can be told. */
    readonly answerBegan: boolean,
  ) {
    super(message);
  }
}

export interface ExchangeOptions {
  readonly head: string;
  readonly payload: Payload;
  /** For everything: the connection, the request and its answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Takes the answer as soon as its status has come. */
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: NoAnswerError) => void;
}

/** One request, and the answer to it as it comes in. */
export class Exchange implements AnswerTaker {
  readonly #reader = new AnswerReader(this);
  readonly #cancelTimer: () => void;
  /** Ends the connection it is on. */
  cutOff: (() => void) | undefined;
  #answer: Answer | undefined;
  #began = false;
  #over = false;

  constructor(private readonly options: ExchangeOptions) {
    this.#cancelTimer = options.clock.after(options.timeoutMs, () => {
      this.end(`no answer within ${options.timeoutMs} ms`);
      this.cutOff?.();
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whether the connection has carried it to a clean end. */
  get reusable(): boolean {
    return this.#reader.reusable;
  }

  /** How long the backend keeps an idle connection, in ms; `undefined`: it has not said. */
  get keepAliveMs(): number | undefined {
    return this.#answer?.head.keepAliveMs;
  }

  /** From now on a byte of it may have been sent. */
  begin(): { readonly head: string; readonly payload: Payload } {
    this.#began = true;
    return this.options;
  }

  /** @param bytes good for this call only */
  read(bytes: Buffer): void {
    try {
      this.#reader.read(bytes);
    } catch (error) {
      this.end((error as Error).message);
    }
    if (this.#reader.ended) this.end('');
  }

  takeHead(head: AnswerHead): void {
    this.#answer = new Answer(head, this.options.clock);
    this.options.resolve(this.#answer);
  }

  takeBody(bytes: Buffer): void {
    this.#answer?.add(bytes);
  }

  /** It is over: the answer has ended, or there will be no more of it. @param message why, if the status has not come */
  end(message: string): void {
    if (this.#over) return;
    this.#reader.end();
    this.#over = true;
    this.#cancelTimer();
    this.#answer?.end();
    if (this.#answer === undefined) {
      this.options.reject(new NoAnswerError(message, this.#began, this.#reader.begun));
    }
  }
}
