import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type DataPanel, type StrictDashboard } from './dashboard-schema.js';
import { MANIFESTS } from './kustomize.js';
import { present } from './present.js';

export const DASHBOARDS = join(MANIFESTS, 'components/monitoring/dashboards');

export interface DashboardFile {
  file: string;
  text: string;
  dashboard: StrictDashboard;
}

/** What is checked in. */
export const dashboardFiles: readonly DashboardFile[] = readdirSync(DASHBOARDS)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const text = readFileSync(join(DASHBOARDS, file), 'utf8');
    return { file, text, dashboard: JSON.parse(text) as StrictDashboard };
  });

/** @throws if there is no such file. */
export const dashboardFile = (name: string): DashboardFile =>
  present(
    dashboardFiles.find(({ file }) => file === name),
    name,
  );

export interface Row {
  title: string;
  collapsed: boolean;
  panels: DataPanel[];
}

/** Headings, and the panels below each, which one that is closed has within. */
export function rowsOf({ panels }: StrictDashboard): Row[] {
  const rows: Row[] = [];
  for (const panel of panels)
    if (panel.type === 'row')
      rows.push({
        title: panel.title ?? '',
        collapsed: panel.collapsed,
        panels: [...panel.panels],
      });
    else rows.at(-1)?.panels.push(panel);
  return rows;
}

/** The panels that show something, without the headings. */
export const dataPanels = (dashboard: StrictDashboard): DataPanel[] =>
  rowsOf(dashboard).flatMap(({ panels }) => panels);

/** What has a place before any heading is opened or closed, and what each that is closed holds. */
export function groupsOf({ panels }: StrictDashboard): StrictDashboard['panels'][] {
  const within = panels.flatMap((panel) => (panel.type === 'row' ? [panel.panels] : []));
  return [panels, ...within.filter(({ length }) => length > 0)];
}

/** Every object within a value, and the value itself, with the key it has in the one around it. */
export function* objectsIn(value: unknown, key = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [key, value as Record<string, unknown>];
  for (const [childKey, child] of Object.entries(value))
    yield* objectsIn(child, Array.isArray(value) ? key : childKey);
}
