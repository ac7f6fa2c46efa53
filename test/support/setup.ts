import { installCleanup } from './cleanup.js';

installCleanup();

// Tests wait for events; how long those take is the machine's affair.
jest.setTimeout(30_000);
