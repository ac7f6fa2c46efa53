import { type AttemptResult } from './attempt.js';
import { type Delivery } from './delivery.js';

type Identity = Pick<Delivery, 'guid' | 'payload'>;

/** One time that a delivery came in, until it has been answered and its attempts have ended. */
export class UnderWay<Report> {
  answered = false;
  /** Attempts that are running, by the backend's key. */
  readonly attempts = new Map<string, Promise<AttemptResult | undefined>>();
  report: Promise<Report> | undefined;

  constructor(readonly payload: Buffer) {}
}

/**
 * The deliveries that are being delivered, so that a redelivery of one does not begin what is under way. Another payload
 * under a known GUID is another delivery.
 */
export class DeliveriesUnderWay<Report> {
  readonly #byGuid = new Map<string, UnderWay<Report>[]>();

  /** The same delivery, come in before and not answered yet. */
  unanswered({ guid, payload }: Identity): UnderWay<Report> | undefined {
    return this.#of(guid).find((each) => !each.answered && each.payload.equals(payload));
  }

  /** An attempt at the same delivery that is running, whenever that came in. */
  attemptAt(backend: string, { guid, payload }: Identity): Promise<AttemptResult | undefined> | undefined {
    return this.#of(guid)
      .find((each) => each.attempts.has(backend) && each.payload.equals(payload))
      ?.attempts.get(backend);
  }

  /** @param deliver what is under way from now on */
  async begin(
    { guid, payload }: Identity,
    deliver: (underWay: UnderWay<Report>) => Promise<Report>,
  ): Promise<Report> {
    const underWay = new UnderWay<Report>(payload);
    if (guid !== undefined) this.#byGuid.set(guid, [...this.#of(guid), underWay]);
    underWay.report = deliver(underWay);
    try {
      return await underWay.report;
    } finally {
      underWay.answered = true;
      this.#endIfOver(guid, underWay);
    }
  }

  /** Takes note of an attempt until it has ended. */
  track(
    underWay: UnderWay<Report>,
    guid: string | undefined,
    backend: string,
    attempt: Promise<AttemptResult | undefined>,
  ): void {
    if (guid === undefined) return;
    underWay.attempts.set(backend, attempt);
    const ended = () => {
      underWay.attempts.delete(backend);
      this.#endIfOver(guid, underWay);
    };
    attempt.then(ended, ended);
  }

  #of(guid: string | undefined): readonly UnderWay<Report>[] {
    return (guid === undefined ? undefined : this.#byGuid.get(guid)) ?? [];
  }

  #endIfOver(guid: string | undefined, underWay: UnderWay<Report>): void {
    if (guid === undefined || !underWay.answered || underWay.attempts.size > 0) return;
    const others = this.#of(guid).filter((each) => each !== underWay);
    if (others.length === 0) this.#byGuid.delete(guid);
    else this.#byGuid.set(guid, [...others]);
  }
}
