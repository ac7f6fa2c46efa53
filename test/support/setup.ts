import { installCleanup } from './cleanup.js';
import './patience.js';

installCleanup();
