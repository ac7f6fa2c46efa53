import { checkSpool } from './verify.js';
import { BACKEND_FILTERS } from '../backend-filters.js';
import { openDatabases, openRoot, type SpoolDatabases } from './layout.js';
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
  const databases = openDatabases(root);
  const { backends, state } = databases;
  const registeredBackends = [...backends.getRange().map(({ value }) => value)];
  const backendFilters = filtersIn(databases);
  const bytes = state.get('bytes') ?? 0;
  await root.close();
  return { registeredBackends, backendFilters, bytes };
}

/** There may be no notes. */
const filtersIn = ({ notes }: Partial<SpoolDatabases>) => notes?.get(BACKEND_FILTERS)?.text;

void main(process.argv.slice(2));
