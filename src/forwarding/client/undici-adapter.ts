import { type AxiosAdapter, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { type Dispatcher } from 'undici';

/** As much of an answer as is kept to explain a failure. */
export const MAX_EXCERPT_BYTES = 2048;

/** A longer answer is cut off together with its connection: reading on would cost more than a new one. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The status has come; its explanation is not worth a longer wait. */
const EXCERPT_TIMEOUT_MS = 1000;

/** What this adapter understands of a request, beside axios' own `baseURL`, `url`, `data` and `timeout`. */
export interface UndiciRequest {
  readonly dispatcher: Dispatcher;
  /** Names and values in turn. Axios' `headers`, which are copied several times a request, are not sent. */
  readonly rawHeaders: readonly string[];
}

/** No answer came. */
export class NoAnswerError extends Error {
  constructor(
    message: string,
    /** Whether a byte of the request may have been sent. */
    readonly requestBegan: boolean,
  ) {
    super(message);
  }
}

/**
 * An axios adapter that posts over an undici dispatcher. It follows no redirect, decompresses nothing and resolves for
 * every status as soon as that has come; `data` is the `Answer`, whose body is read on in the background to a bound.
 * @throws NoAnswerError, also when `timeout` ms pass before the status has come.
 */
export const undiciAdapter: AxiosAdapter = (config) =>
  new Promise((resolve, reject) => {
    const { dispatcher, rawHeaders } = config as InternalAxiosRequestConfig & UndiciRequest;
    const answer = new Answer(config, resolve, reject);
    dispatcher.dispatch(
      {
        origin: config.baseURL as string,
        path: config.url as string,
        method: 'POST',
        headers: rawHeaders as string[],
        body: config.data as Buffer,
        // The timer of the answer bounds the whole attempt.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      answer,
    );
  });

/** The answer to one request as it comes in. */
export class Answer implements Dispatcher.DispatchHandler {
  readonly #timer: NodeJS.Timeout;
  readonly #kept: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #state: 'waiting' | 'reading' | 'over' = 'waiting';
  #length = 0;
  #retryAfter: string | string[] | undefined;
  #onExcerpt: (() => void) | undefined;

  constructor(
    private readonly config: InternalAxiosRequestConfig,
    private readonly resolve: (response: AxiosResponse<Answer>) => void,
    private readonly reject: (error: NoAnswerError) => void,
  ) {
    this.#timer = setTimeout(() => {
      const message = `no answer within ${config.timeout ?? 0} ms`;
      this.#end(message, this.#requestBegan);
      this.#controller?.abort(new Error(message));
    }, config.timeout);
  }

  /** The header of that name; empty if there is none. */
  get retryAfter(): string {
    return typeof this.#retryAfter === 'string' ? this.#retryAfter : '';
  }

  /** The beginning of the body, at most `MAX_EXCERPT_BYTES`; what there is of it by then, if the rest is slow. */
  async excerpt(): Promise<string> {
    if (this.#state === 'reading' && this.#length < MAX_EXCERPT_BYTES) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, EXCERPT_TIMEOUT_MS);
        this.#onExcerpt = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return Buffer.concat(this.#kept).subarray(0, MAX_EXCERPT_BYTES).toString();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The timer was faster than the connection: not one byte goes out.
    if (this.#state === 'over') controller.abort(new Error('too late'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#retryAfter = headers['retry-after'];
    this.#state = 'reading';
    this.resolve({ status, statusText: '', headers: new AxiosHeaders(), config: this.config, data: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#length < MAX_EXCERPT_BYTES)
      this.#kept.push(chunk.subarray(0, MAX_EXCERPT_BYTES - this.#length));
    this.#length += chunk.length;
    if (this.#length >= MAX_EXCERPT_BYTES) this.#onExcerpt?.();
    if (this.#length > MAX_ANSWER_BYTES) controller.abort(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#end('the connection ended before the answer', true);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(describe(error), this.#requestBegan);
  }

  get #requestBegan(): boolean {
    return this.#controller !== undefined;
  }

  /** @param message what to report if the status has not come. */
  #end(message: string, requestBegan: boolean): void {
    if (this.#state === 'over') return;
    clearTimeout(this.#timer);
    if (this.#state === 'waiting') this.reject(new NoAnswerError(message, requestBegan));
    this.#state = 'over';
    this.#onExcerpt?.();
  }
}

/** Code and message; the errors of all addresses of a host come as one without a message. */
function describe(error: Error & { code?: string }): string {
  const message = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return error.code === undefined || message.includes(error.code) ? message : `${error.code}: ${message}`;
}
