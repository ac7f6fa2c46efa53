/** A line, or several, for whoever looks on. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
