import { type AttemptResult } from '../model/attempt.js';
import { type Delivery } from '../model/delivery.js';
import { type Try } from './lane/try.js';

type Identity = Pick<Delivery, 'guid' | 'payload'>;

/** One time that a delivery came in, until it has been answered and its attempts have ended. */
export class UnderWay<Report> {
  answered = false;
  tries: readonly Try[] = [];
  report: Promise<Report> | undefined;

  constructor(readonly payload: Buffer) {}
}

/**
 * The deliveries that are being delivered, so that a redelivery of one does not begin what is under way. Another payload
 * under a known GUID is another delivery.
 */
export class DeliveriesUnderWay<Report> {
  readonly #byGuid = new Map<string, readonly UnderWay<Report>[]>();

  /** The same delivery, come in before and not answered yet. */
  unanswered({ guid, payload }: Identity): UnderWay<Report> | undefined {
    return this.#of(guid)?.find((each) => !each.answered && each.payload.equals(payload));
  }

  /** An attempt at the same delivery that is running, whenever that came in. */
  attemptAt(backend: string, { guid, payload }: Identity): Promise<AttemptResult | undefined> | undefined {
    for (const each of this.#of(guid) ?? []) {
      const running = each.tries.find((started) => started.backend.key === backend && !started.ended);
      if (running !== undefined && each.payload.equals(payload)) return running.ending;
    }
    return undefined;
  }

  /** @param deliver what is under way from now on */
  async begin(
    { guid, payload }: Identity,
    deliver: (underWay: UnderWay<Report>) => Promise<Report>,
  ): Promise<Report> {
    const underWay = new UnderWay<Report>(payload);
    if (guid === undefined) return deliver(underWay);
    const others = this.#byGuid.get(guid);
    this.#byGuid.set(guid, others === undefined ? [underWay] : [...others, underWay]);
    underWay.report = deliver(underWay);
    try {
      return await underWay.report;
    } finally {
      underWay.answered = true;
      const running = underWay.tries.filter(({ ended }) => !ended);
      if (running.length === 0) this.#end(guid, underWay);
      else
        void Promise.allSettled(running.map(({ ending }) => ending)).then(() => {
          this.#end(guid, underWay);
        });
    }
  }

  #of(guid: string | undefined): readonly UnderWay<Report>[] | undefined {
    return guid === undefined ? undefined : this.#byGuid.get(guid);
  }

  #end(guid: string, underWay: UnderWay<Report>): void {
    const others = this.#byGuid.get(guid)?.filter((each) => each !== underWay) ?? [];
    if (others.length === 0) this.#byGuid.delete(guid);
    else this.#byGuid.set(guid, others);
  }
}
