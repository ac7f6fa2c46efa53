import { type Clock } from '../../clock/clock.js';
import { type Spool } from '../../spool/spool.js';
import { type Operation } from './operation.js';

/** So many of the latest are known. */
export const MAX_OPERATIONS = 20;

const NAMES = Array.from({ length: MAX_OPERATIONS }, (_, place) => `operation/${place}`);

export interface NotedOperation {
  readonly operation: Operation;
  readonly name: string;
  readonly text: string;
}

/** The latest operations as the spool has them noted: a later one takes the place of the oldest. */
export class OperationNotes {
  constructor(
    private readonly spool: Spool,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws SprayproxyError `spool-failed` */
  async list(): Promise<NotedOperation[]> {
    return [...(await this.spool.noted(NAMES))]
      .map(([name, text]) => ({ name, text, operation: JSON.parse(text) as Operation }))
      .sort((a, b) => Number(b.operation.id) - Number(a.operation.id));
  }

  /**
   * Notes a new one.
   * @param known what `list` has given
   * @returns `undefined`: somebody was quicker
   * @throws SprayproxyError `spool-failed`, `spool-unsure`
   */
  add(operation: Operation, known: readonly NotedOperation[]): Promise<NotedOperation | undefined> {
    const free = NAMES.find((name) => !known.some((each) => each.name === name));
    const oldest = known.at(-1);
    return this.#note(free ?? oldest?.name ?? '', operation, free === undefined ? oldest?.text : undefined);
  }

  /** Notes what has become of one; whom it waits for is said anew. @returns `undefined`: it is noted otherwise by now */
  change(
    { name, text, operation }: NotedOperation,
    change: Partial<Operation>,
  ): Promise<NotedOperation | undefined> {
    const { waitingFor, ...known } = operation;
    const notedAt = new Date(this.clock.now()).toISOString();
    return this.#note(name, { ...known, ...change, notedAt }, text);
  }

  async #note(
    name: string,
    operation: Operation,
    before: string | undefined,
  ): Promise<NotedOperation | undefined> {
    const text = JSON.stringify(operation);
    const isNoted = await this.spool.note({ name, text, at: this.clock.now() }, before);
    return isNoted ? { name, text, operation } : undefined;
  }
}
