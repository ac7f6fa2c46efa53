/** Something the user of the command is told in one line. */
export class CommandError extends Error {}
