import { type Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

import { otherDashboards, TAG } from './links.js';
import { series } from './promql.js';
import { DATASOURCE } from './variables.js';

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Panels under a heading: lines from top to bottom, the panels of each as wide as each other. */
export interface Row {
  title: string;
  /** Nobody looks there unless something is wrong with it: closed at first. */
  collapsed?: boolean;
  lines: Builder<Panel>[][];
}

export interface Contents {
  uid: string;
  title: string;
  description: string;
  variables: Builder<VariableModel>[];
  rows: Row[];
}

export function dashboard({ uid, title, description, variables, rows }: Contents): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables)
    .annotation(starts)
    .link(otherDashboards);
  let y = 0;
  for (const { title: heading, lines, collapsed = false } of rows) {
    const row = new RowBuilder(heading).collapsed(collapsed).gridPos({ x: 0, y, w: COLUMNS, h: 1 });
    const { panels, end } = placed(lines, y + 1);
    for (const panel of collapsed ? panels : []) row.withPanel({ build: () => panel });
    builder.withRow(row);
    for (const panel of collapsed ? [] : panels) builder.withPanel({ build: () => panel });
    y = collapsed ? y + 1 : end;
  }
  return numbered(builder.build());
}

/** Panels side by side, and the lines one below the other from `top` on; `end` is the first line of the grid below them. */
function placed(lines: readonly Builder<Panel>[][], top: number): { panels: Panel[]; end: number } {
  const panels: Panel[] = [];
  let end = top;
  for (const line of lines) {
    const w = COLUMNS / line.length;
    const y = end;
    for (const [place, builder] of line.entries()) {
      const panel = builder.build();
      const h = panel.gridPos?.h ?? 0;
      panels.push({ ...panel, gridPos: { x: place * w, y, w, h } });
      end = Math.max(end, y + h);
    }
  }
  return { panels, end };
}

/** A mark at each start of a process: of a new pod, or of the container in the old one. */
const starts: Builder<AnnotationQuery> = {
  build: () => ({
    name: 'Starts',
    datasource: DATASOURCE,
    enable: true,
    iconColor: 'blue',
    // True at one step only.
    expr: `time() - ${series('process_start_time_seconds')} < 60`,
    step: '60s',
    titleFormat: 'Start',
    textFormat: '{{pod}}',
  }),
};

/** Grafana needs numbers for the panels and letters for the queries of each; the builders give none. */
function numbered(built: Dashboard): Dashboard {
  const all = (built.panels ?? []).flatMap((panel) =>
    'panels' in panel ? [panel, ...panel.panels] : [panel],
  );
  for (const [index, panel] of all.entries()) {
    panel.id = index + 1;
    const targets = 'targets' in panel ? (panel.targets ?? []) : [];
    for (const [place, target] of targets.entries())
      (target as Dataquery).refId = String.fromCharCode('A'.charCodeAt(0) + place);
  }
  return built;
}
