import { installCleanup } from './cleanup.js';

installCleanup();
