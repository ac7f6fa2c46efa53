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

type Sizeable = Builder<Panel> & { span(columns: number): unknown };

/** Panels under a heading: lines from top to bottom, the panels of each as wide as each other. */
export interface Row {
  title: string;
  lines: Sizeable[][];
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
  for (const { title: heading, lines } of rows) {
    builder.withRow(new RowBuilder(heading));
    for (const line of lines)
      for (const panel of line) {
        panel.span(COLUMNS / line.length);
        builder.withPanel(panel);
      }
  }
  return numbered(builder.build());
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
  for (const [index, panel] of (built.panels ?? []).entries()) {
    panel.id = index + 1;
    const targets = 'targets' in panel ? (panel.targets ?? []) : [];
    for (const [place, target] of targets.entries())
      (target as Dataquery).refId = String.fromCharCode('A'.charCodeAt(0) + place);
  }
  return built;
}
