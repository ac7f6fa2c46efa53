/** Some launchers send one stop twice: to the process, and to its group. */
const SAME_STOP_MS = 1000;

/** What would end the process and can be caught. */
const ENDING: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGABRT',
  'SIGALRM',
  'SIGVTALRM',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
];

export interface StopListener {
  /** The process is to end in order. */
  readonly onStop: (signal: NodeJS.Signals) => void;
  /** It is to end at once: a signal came more than a second after the first. */
  readonly onImpatience: () => void;
}

/** Takes any signal that would end the process, from when it is made: also while there is nothing yet that could end. */
export class StopSignals {
  #first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  #listener: StopListener | undefined;

  constructor() {
    for (const signal of ENDING) {
      process.on(signal, () => {
        this.#take(signal);
      });
    }
  }

  /** The first that came; `undefined`: none has. */
  get first(): NodeJS.Signals | undefined {
    return this.#first?.signal;
  }

  /** The listener is told in place of the one before; of a signal that has come before, at once. */
  listen(listener: StopListener): void {
    this.#listener = listener;
    if (this.#first !== undefined) listener.onStop(this.#first.signal);
  }

  #take(signal: NodeJS.Signals): void {
    if (this.#first === undefined) {
      this.#first = { signal, at: performance.now() };
      this.#listener?.onStop(signal);
    } else if (performance.now() - this.#first.at >= SAME_STOP_MS) {
      this.#listener?.onImpatience();
    }
  }
}
