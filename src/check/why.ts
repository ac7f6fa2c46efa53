import { printable } from '../model/printable.js';

const MAX_WHY = 256;

/** What went wrong in a few words: the code if there is one. The errors of all addresses of a host come as one. */
export function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return printable(code ?? message, MAX_WHY);
}
