import { type Row } from '../dashboard.js';
import { owedPanels } from '../owed-panels.js';

const { owed, oldest, dead, breaker } = owedPanels('host');

export const owedByBackend: Row = { title: 'Owed', lines: [[owed, oldest, dead], [breaker]] };
