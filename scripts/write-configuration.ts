import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withConfigurationTable } from './configuration-table.js';

const page = join(process.cwd(), 'docs/configuration.md');
writeFileSync(page, withConfigurationTable(readFileSync(page, 'utf8')));
