#!/usr/bin/env -S node --max-semi-space-size=24 --initial-old-space-size=128 --v8-pool-size=1
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/*
 * The flags above are for half a CPU and 384 MiB. What lives is 25 MiB; beside it payloads come and go, which the engine counts
 * as old. It would mark all of that anew whenever the two were twice what lives, every few hundred webhooks, and its threads
 * would use up the quota of CPU while this one waits. So it waits for 128 MiB, with one thread beside this one.
 */

/**
 * The program in one file, with all it needs that is not native: to find, read and compile a thousand takes most of a start.
 * `nest build` alone does not make it.
 */
const BUNDLE = join(__dirname, 'bundle', 'sprayproxy.js');

/** It runs already. For who keeps what the engine compiles of it; `undefined`: the program runs in its modules. */
export const bundle = existsSync(BUNDLE) ? loadBundle() : undefined;

if (bundle === undefined) void import('./program.js');

function loadBundle(): Script {
  const script = new Script(readFileSync(BUNDLE, 'utf8'), { filename: BUNDLE, ...compiled() });
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  const module = { exports: {} };
  run(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return script;
}

/** What Node's engine has compiled of it, if this version has built it. With other flags it compiles anew. */
function compiled(): { cachedData?: Buffer } {
  const file = `${BUNDLE}.${process.version}`;
  return existsSync(file) ? { cachedData: readFileSync(file) } : {};
}
