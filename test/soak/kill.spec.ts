import { nothingIsLost } from '../support/kills/nothing-lost.js';

nothingIsLost(Number(process.env.KILL_ROUNDS ?? 200));
