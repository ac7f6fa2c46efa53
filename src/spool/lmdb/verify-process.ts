import { checkSpool } from './verify.js';
import { openDatabases, openRoot } from './layout.js';
import { type SpoolReader, type SpoolReading } from './spool-reading.js';

/** The program that reads the spool in the directory it is given, and tells its parent what it found. */
async function main([dir, reader]: readonly string[]): Promise<void> {
  if (dir === undefined) throw new Error('no directory');
  const reading = await read(dir, reader as SpoolReader);
  process.send?.(reading, () => process.exit(0));
}

async function read(dir: string, reader: SpoolReader): Promise<SpoolReading> {
  const fault = await checkSpool(dir, reader);
  if (fault !== undefined || reader === 'owner') return { fault };
  const root = openRoot(dir, true);
  const { backends, state } = openDatabases(root);
  const registeredBackends = [...backends.getRange().map(({ value }) => value)];
  const bytes = state.get('bytes') ?? 0;
  await root.close();
  return { registeredBackends, bytes };
}

void main(process.argv.slice(2));
