import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dashboards, textOf } from './all.js';

const directory = join(process.cwd(), 'k8s/components/monitoring/dashboards');
mkdirSync(directory, { recursive: true });
for (const [file, dashboard] of Object.entries(dashboards))
  writeFileSync(join(directory, file), textOf(dashboard));
