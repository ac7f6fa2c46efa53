import { join } from 'node:path';

/** Path of a file of `test/fixtures`. */
export const fixture = (name: string): string => join(__dirname, '../fixtures', name);
