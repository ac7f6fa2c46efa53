import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { BenchError } from '../bench-error.js';
import { Child } from '../../testing/child.js';
import { tempDir } from '../process/temp-dir.js';
import { signedPayload } from './payload.js';
import { MARK, wrkScript } from './wrk-script.js';

const CONNECTIONS = 32;

/** An answer that took longer counts as an error. */
const ANSWER_TIMEOUT_S = 20;

/** Time wrk may take beyond the load it makes. */
const GRACE_MS = 30_000;

/** As the script prints it; times in microseconds. */
export interface WrkFigures {
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Answers of 400 and above. */
  readonly badStatus: number;
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly timeout: number;
}

/** Load of one size of webhooks on one contender, as often as wanted. */
export interface Load {
  run(seconds: number): Promise<WrkFigures>;
  remove(): void;
}

export function wrkLoad(wrk: string, url: string, bodyBytes: number): Load {
  const directory = tempDir();
  const [script, body] = [join(directory.path, 'load.lua'), join(directory.path, 'body')];
  const webhook = signedPayload(bodyBytes);
  writeFileSync(body, Buffer.concat(webhook.parts));
  return {
    run: (seconds) => {
      // Written anew each time: no delivery id is ever used twice.
      writeFileSync(script, wrkScript(new URL(url).host, webhook, body));
      const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', `${ANSWER_TIMEOUT_S}s`];
      return runWrk([wrk, ...options, '-s', script, url], seconds * 1000 + GRACE_MS);
    },
    remove: () => {
      directory.remove();
    },
  };
}

/** @throws BenchError if wrk fails, or takes longer. */
async function runWrk(command: [string, ...string[]], timeoutMs: number): Promise<WrkFigures> {
  const child = Child.start(command);
  const abort = new AbortController();
  await Promise.race([
    child.exited,
    delay(timeoutMs, undefined, { signal: abort.signal }).catch(() => undefined),
  ]);
  abort.abort();
  await child.stop();
  await child.closed;
  const json = child.output.split(MARK)[1];
  if (json === undefined) throw new BenchError(`wrk printed no figures:\n${child.output}`);
  return JSON.parse(json) as WrkFigures;
}

/** What went wrong, in words; empty: nothing. */
export function wrkFaults({ requests, badStatus, connect, read, write, timeout }: WrkFigures): string[] {
  return [
    ...(requests === 0 ? ['no webhook was answered'] : []),
    ...(badStatus > 0 ? [`${badStatus} of ${requests} answers were not 2xx`] : []),
    ...Object.entries({ connect, read, write, timeout }).flatMap(([kind, count]) =>
      count > 0 ? [`${count} socket errors (${kind})`] : [],
    ),
  ];
}
