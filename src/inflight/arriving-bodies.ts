import { Injectable } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { ArrivingBody } from './arriving-body.js';
import { BodyPace } from './body-pace.js';
import { InflightBudget } from './inflight-budget.js';

/** How often each is looked at: no limit of time is met more exactly. */
export const LOOK_EVERY_MS = 100;

/**
 * All bodies that are on their way in and not verified yet. Ends those that come too slowly, and, when somebody waits for
 * room, makes some: the slowest give way first. So no wait for room depends on a sender. Nobody is judged between looks:
 * what a sender has sent while we were busy may not have been read yet.
 */
@Injectable()
export class ArrivingBodies {
  readonly #bodies = new Set<ArrivingBody>();
  #looking = false;

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly budget: InflightBudget,
    private readonly clock: Clock,
  ) {}

  /** @param end tells the reader of the body that it ends here; it has to close it then */
  open(neededBytes: number, end: (error: SprayproxyError) => void): ArrivingBody {
    const pace = new BodyPace(this.clock.monotonic(), this.config.readTimeoutMs);
    const body = new ArrivingBody(this.budget, neededBytes, pace, end);
    this.#bodies.add(body);
    if (!this.#looking) this.#lookLater();
    return body;
  }

  close(body: ArrivingBody): void {
    this.#bodies.delete(body);
    body.release();
  }

  #lookLater(postponed = false): void {
    this.#looking = true;
    const due = this.clock.monotonic() + LOOK_EVERY_MS;
    this.clock.after(LOOK_EVERY_MS, () => {
      // Where we were busy for long, what senders have sent meanwhile is to be read first.
      const late = this.clock.monotonic() > due + LOOK_EVERY_MS && !postponed;
      if (!late) this.#look();
      this.#looking = this.#bodies.size > 0;
      if (this.#looking) this.#lookLater(late);
    });
  }

  #look(): void {
    const now = this.clock.monotonic();
    for (const body of this.#bodies) {
      const why = body.pace.overdue(now);
      if (why !== undefined) body.end(new SprayproxyError('payload-timeout', why));
    }
    if (this.budget.short) this.#makeRoom();
  }

  #makeRoom(): void {
    const now = this.clock.monotonic();
    const slowest = [...this.#bodies]
      .filter((body) => body.heldBytes > 0 && body.pace.isSlow(now))
      .sort((one, other) => one.pace.bytesPerSecond(now) - other.pace.bytesPerSecond(now));
    for (const body of slowest) if (this.budget.short) body.forgoRest();
    for (const body of slowest) {
      if (!this.budget.short) return;
      body.end(
        new SprayproxyError('overload', `it was slow and gave way to another after ${body.pace.bytes} bytes`),
      );
    }
    this.#breakDeadlock();
  }

  /** Where each of those who hold room waits for more, the last one to begin gives way, until one can go on. */
  #breakDeadlock(): void {
    for (const body of [...this.#bodies].reverse()) {
      if (!this.budget.stuck) return;
      if (body.waits && body.heldBytes > 0) {
        body.end(new SprayproxyError('overload', 'it gave way to another while both waited for room'));
      }
    }
  }
}
