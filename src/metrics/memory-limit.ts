import { totalmem } from 'node:os';

/** What the control group of the process allows it, in bytes; 0: no more than what the machine has. */
export function memoryLimitBytes(): number {
  const bytes = process.constrainedMemory();
  return bytes > 0 && bytes < totalmem() ? bytes : 0;
}
