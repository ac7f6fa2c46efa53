import { outcomesFollowTheTable } from '../support/outcomes/follow-the-table.js';

outcomesFollowTheTable(200);
