/** A spool cannot be copied. The message says why. */
export class CopyError extends Error {}
