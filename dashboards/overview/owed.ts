import { type Row } from '../dashboard.js';
import { owedPanels } from '../owed-panels.js';
import { CHOSEN } from '../variables.js';

const { owed, oldest, dead, breaker, pauses } = owedPanels('host', CHOSEN);

export const owedByBackend: Row = {
  title: 'Owed',
  lines: [
    [owed, oldest, dead],
    [breaker, pauses],
  ],
};
