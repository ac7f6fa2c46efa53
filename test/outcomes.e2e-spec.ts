import { outcomesFollowTheTable } from './support/outcomes/follow-the-table.js';

// More of them are in test/soak.
outcomesFollowTheTable(20);
