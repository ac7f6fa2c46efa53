/** What the program is to run with cannot be used. The message says what, and what to do about it. */
export class UnusableError extends Error {}
