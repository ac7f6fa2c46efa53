import { readFileSync } from 'node:fs';

/** `#!/usr/bin/env -S node --flag`: without -S, all that follows is one word. */
const SHEBANG_FLAGS = /^#!\/usr\/bin\/env -S node (.+)$/;

/** Flags that a program, by its first line, wants Node to be started with. */
export function nodeFlags(file: string): string[] {
  const [line = ''] = readFileSync(file, 'utf8').split('\n', 1);
  return SHEBANG_FLAGS.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
}
