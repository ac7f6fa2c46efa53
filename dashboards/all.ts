import { type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { backend } from './backend.js';
import { overview } from './overview.js';

/** Every dashboard, by the name of its file in k8s/components/monitoring/dashboards. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  'overview.json': overview,
  'backend.json': backend,
};

/** What that file holds. */
export const textOf = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
