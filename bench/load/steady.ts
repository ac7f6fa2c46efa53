import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { BenchError } from '../bench-error.js';
import { runCommand } from '../process/run-command.js';
import { program } from '../paths.js';
import { tempDir } from '../process/temp-dir.js';
import { type SteadyOptions } from '../programs/steady.js';
import { type OpenLoopFigures } from './open-loop.js';
import { signedPayload } from './payload.js';

/** GitHub waits no longer. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A sender that is later than this puts its own delay among the figures. */
const LATE_MS = 3;

/** Webhooks of one size at a steady rate to one contender, sent by a process of its own, as often as wanted. */
export interface SteadyLoad {
  /** @throws BenchError if the sender fails. */
  run(perS: number, seconds: number): Promise<OpenLoopFigures>;
  remove(): void;
}

export function steadyLoad(url: string, bodyBytes: number): SteadyLoad {
  const directory = tempDir();
  const bodyFile = join(directory.path, 'body');
  const { parts, headers } = signedPayload(bodyBytes);
  writeFileSync(bodyFile, Buffer.concat(parts));
  return {
    run: async (perS, seconds) => {
      const options: SteadyOptions = { url, perS, seconds, headers, bodyFile, timeoutMs: ANSWER_TIMEOUT_MS };
      const command = [process.execPath, program('programs/steady'), JSON.stringify(options)] as const;
      const { status, output } = await runCommand(command);
      if (status !== 0) throw new BenchError(`the steady load failed:\n${output}`);
      return JSON.parse(output) as OpenLoopFigures;
    },
    remove: () => {
      directory.remove();
    },
  };
}

/** What went wrong, in words; empty: nothing. */
export function steadyFaults(perS: number, { sent, badStatus, unanswered }: OpenLoopFigures): string[] {
  const at = `at ${perS}/s`;
  return [
    ...(badStatus > 0 ? [`${at}, ${badStatus} of ${sent} answers were not 2xx`] : []),
    ...Object.entries(unanswered).map(([why, count]) => `${at}, ${count} of ${sent} had no answer (${why})`),
  ];
}

export const steadyNotes = (perS: number, { latenessP99Ms }: OpenLoopFigures): string[] =>
  latenessP99Ms > LATE_MS
    ? [
        `at ${perS}/s: the sender itself was late by ${latenessP99Ms.toFixed(0)} ms (p99), and so much of the p99 may be its own`,
      ]
    : [];
