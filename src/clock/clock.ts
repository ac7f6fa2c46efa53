import { Injectable } from '@nestjs/common';

/** Time and chance, so that a test can have its own. */
export abstract class Clock {
  /** Ms since the epoch. */
  abstract now(): number;

  /** Ms since some moment; nobody sets it, so that it tells how long something took or is to take. */
  abstract monotonic(): number;

  /** Calls back after `ms`, unless cancelled by the function it returns. */
  abstract after(ms: number, callback: () => void): () => void;

  /** A number from 0 up to 1, 1 excluded. */
  abstract random(): number;
}

@Injectable()
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  }

  random(): number {
    return Math.random();
  }
}
