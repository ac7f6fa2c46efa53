export { familyOf, signalAll, untilGone } from '../../../testing/postgres/processes.js';
