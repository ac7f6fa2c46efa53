import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Gauge, type Histogram } from 'prom-client';

import {
  SPOOL_CONNECTED,
  SPOOL_VERB_SECONDS,
  SPOOL_WRITE_FAILURES,
  SPOOL_WRITE_SECONDS,
} from '../metrics/names.js';
import { type Spool } from './spool.js';

/** Counts what a spool does, whichever it is. */
@Injectable()
export class SpoolMetrics {
  constructor(
    @InjectMetric(SPOOL_WRITE_SECONDS) private readonly writeSeconds: Histogram,
    @InjectMetric(SPOOL_WRITE_FAILURES) private readonly writeFailures: Counter,
    @InjectMetric(SPOOL_VERB_SECONDS) private readonly verbSeconds: Histogram,
    @InjectMetric(SPOOL_CONNECTED) private readonly connected: Gauge,
  ) {}

  readonly onWrite = (seconds: number, ok: boolean): void => {
    this.writeSeconds.observe(seconds);
    if (!ok) this.writeFailures.inc();
  };

  readonly onVerb = (verb: string, seconds: number): void => {
    this.verbSeconds.observe({ verb }, seconds);
  };

  follow(spool: Spool): void {
    const note = () => {
      this.connected.set(spool.keeps && spool.fault === undefined ? 1 : 0);
    };
    note();
    spool.watch(({ kind }) => {
      if (kind === 'lost' || kind === 'found') note();
    });
  }
}
