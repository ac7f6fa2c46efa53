import { type Memory, memory } from './process-tree.js';

const INTERVAL_MS = 100;

/** Looks at a process again and again: it may be killed for what it takes, and the kernel keeps no peak of all figures. */
export class PeakMemory {
  #peak: Memory = { rssMiB: 0, anonymousMiB: 0, peakRssMiB: 0 };
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.#timer = setInterval(() => this.look(), INTERVAL_MS);
  }

  /** The largest of each figure, now included. */
  look(): Memory {
    const now = memory(this.pid);
    const { rssMiB, anonymousMiB, peakRssMiB } = this.#peak;
    this.#peak = {
      rssMiB: Math.max(rssMiB, now.rssMiB),
      anonymousMiB: Math.max(anonymousMiB, now.anonymousMiB),
      peakRssMiB: Math.max(peakRssMiB, now.peakRssMiB),
    };
    return this.#peak;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
