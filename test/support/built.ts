import { join } from 'node:path';

/**
 * A module of the built program, in the process of the test.
 * @param file its path in `dist`
 * @returns what has the type of its source
 */
export const built = (file: string): unknown => jest.requireActual(join(__dirname, '../../dist', file));
