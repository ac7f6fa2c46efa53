import { checkSpool } from './check-spool.js';

/** The program that checks the spool in the directory it is given, and tells its parent what is wrong with it. */
async function main([dir]: readonly string[]): Promise<void> {
  if (dir === undefined) throw new Error('no directory');
  const fault = await checkSpool(dir);
  process.send?.({ fault }, () => process.exit(0));
}

void main(process.argv.slice(2));
