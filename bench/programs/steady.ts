import { readFileSync } from 'node:fs';

import { openLoop, type OpenLoopOptions } from '../load/open-loop.js';

/** What the program is told: the payload, which is prepared and signed before, is in a file. */
export interface SteadyOptions extends Omit<OpenLoopOptions, 'webhook'> {
  readonly bodyFile: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends webhooks at a steady rate as its argument, `SteadyOptions` as JSON, tells, and prints its figures as JSON. */
async function main(): Promise<void> {
  const { bodyFile, headers, ...options } = JSON.parse(process.argv[2] ?? '') as SteadyOptions;
  const figures = await openLoop({ ...options, webhook: { parts: [readFileSync(bodyFile)], headers } });
  process.stdout.write(JSON.stringify(figures));
}

void main();
