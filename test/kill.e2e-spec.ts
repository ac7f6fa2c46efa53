import { nothingIsLost } from './support/kills/nothing-lost.js';

// More rounds are in test/soak.
nothingIsLost(2);
