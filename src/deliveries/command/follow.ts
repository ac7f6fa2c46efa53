import { setTimeout } from 'node:timers/promises';

import { type Output } from '../../config/command-context.js';
import { type OperationView } from '../operations/operation.js';
import { ask } from './client.js';
import { CommandError } from './command-error.js';
import { OperationProgress } from './operation-progress.js';
import { type Connection } from './options.js';

const EVERY_MS = 500;

/** Asked in vain for that long: a replica that is replaced is back before. */
const MAX_SILENCE_MS = 60_000;

/**
 * Shows how far an operation is, until it has ended.
 * @returns `undefined`: the user follows it no longer
 * @throws CommandError, UsageError
 */
export async function follow(
  connection: Connection,
  begun: OperationView,
  output: Output,
): Promise<OperationView | undefined> {
  const stopped = new AbortController();
  const stop = () => {
    stopped.abort();
  };
  process.once('SIGINT', stop);
  const progress = new OperationProgress(output);
  try {
    let operation = begun;
    let heardAt = performance.now();
    for (;;) {
      progress.show(operation);
      if (operation.state !== 'running') return operation;
      await setTimeout(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return undefined;
      try {
        const target = `/deliveries/operations/${encodeURIComponent(begun.id)}`;
        operation = (await ask(connection, { target })) as OperationView;
        heardAt = performance.now();
      } catch (error) {
        const isSilent = performance.now() - heardAt > MAX_SILENCE_MS;
        if (!(error instanceof CommandError) || isSilent) throw error;
      }
    }
  } finally {
    process.off('SIGINT', stop);
    progress.end();
  }
}
