import { type Count, type OperationOutcome, type OperationView } from './operation.js';

/** How far an operation has come. */
export class Progress {
  /** Changes with everything that is shown. */
  version = 0;
  #total: Count = { deliveries: 0, forwards: 0 };
  #done = 0;
  readonly #outcomes: Partial<Record<OperationOutcome, number>> = {};
  readonly #waitingFor = new Set<string>();

  get done(): number {
    return this.#done;
  }

  /** There is one delivery more. @param forwards of it, those that are meant */
  found(forwards: number): void {
    this.#total = { deliveries: this.#total.deliveries + 1, forwards: this.#total.forwards + forwards };
    this.version += 1;
  }

  ended(outcome: OperationOutcome, forwards = 1): void {
    if (forwards === 0) return;
    this.#done += forwards;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + forwards;
    this.version += 1;
  }

  waits(backend: string, isSo: boolean): void {
    if (this.#waitingFor.has(backend) === isSo) return;
    this.#waitingFor[isSo ? 'add' : 'delete'](backend);
    this.version += 1;
  }

  get view(): Pick<OperationView, 'total' | 'done' | 'outcomes' | 'waitingFor'> {
    const waitingFor = this.#waitingFor.size === 0 ? {} : { waitingFor: [...this.#waitingFor].sort() };
    return { total: this.#total, done: this.#done, outcomes: { ...this.#outcomes }, ...waitingFor };
  }
}
