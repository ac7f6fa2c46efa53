import { EventEmitter } from 'node:events';

import { BenchError } from '../bench-error.js';
import { program } from '../paths.js';
import { Child } from '../../testing/child.js';
import {
  type Arrivals,
  type BackendMessage,
  type BackendOptions,
  type DigestArrival,
} from '../programs/backend-options.js';
import { type BackendSet, loopbackUrl } from './backend-set.js';

/** Backends of the minimal program, all in one process: they can be slow, fail, and tell what they got. */
export class ProgramBackends extends EventEmitter<{ message: [BackendMessage] }> implements BackendSet {
  readonly arrivals: DigestArrival[] = [];

  private constructor(
    readonly urls: readonly string[],
    private readonly child: Child,
  ) {
    super();
    child.process.on('message', (message) => {
      const told = message as BackendMessage;
      if (told.kind === 'digest') this.arrivals.push(told.arrival);
      this.emit('message', told);
    });
  }

  static async start(
    count: number,
    options: Partial<Omit<BackendOptions, 'count'>> = {},
  ): Promise<ProgramBackends> {
    const all: BackendOptions = { count, status: 200, delayMs: 0, digests: false, ...options };
    const child = Child.start([process.execPath, program('programs/backend'), JSON.stringify(all)], {
      ipc: true,
    });
    const listening = new Promise<BackendMessage>((resolve) => child.process.once('message', resolve));
    const message = await Promise.race([listening, child.exited]);
    if (message?.kind !== 'listening') throw new BenchError(`a backend ended by itself:\n${child.output}`);
    return new ProgramBackends(message.ports.map(loopbackUrl), child);
  }

  /** What has arrived so far. */
  counts(): Promise<Arrivals> {
    return new Promise((resolve) => {
      const look = (message: BackendMessage) => {
        if (message.kind !== 'counts') return;
        this.off('message', look);
        resolve(message.counts);
      };
      this.on('message', look);
      this.child.process.send('counts');
    });
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
