import { dashboard } from './dashboard.js';
import { OVERVIEW_UID } from './links.js';
import { database } from './overview/database.js';
import { errorBudget } from './overview/error-budget.js';
import { forwards } from './overview/forwards.js';
import { now } from './overview/now.js';
import { owedByBackend } from './overview/owed.js';
import { memory } from './overview/memory.js';
import { processes } from './overview/processes.js';
import { recovery } from './overview/recovery.js';
import { spool } from './overview/spool.js';
import { webhooks } from './overview/webhooks.js';
import { backends, common } from './variables.js';

export const overview = dashboard({
  uid: OVERVIEW_UID,
  title: 'Sprayproxy overview',
  description: 'What comes in, what becomes of it, what is still owed, and how the processes are.',
  variables: [...common, backends],
  rows: [now, errorBudget, webhooks, forwards, owedByBackend, spool, database, recovery, memory, processes],
});
