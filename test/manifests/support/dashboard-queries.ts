import { dashboardFiles, rowsOf } from './dashboards.js';

export interface DashboardQuery {
  readonly dashboard: string;
  /** Heading that the panel is under; none for an annotation. */
  readonly row: string;
  /** Title of the panel, or name of the annotation. */
  readonly title: string;
  readonly expr: string;
  /** What a series of it is called. */
  readonly legend: string;
}

/** Everything that the dashboards ask, annotations included. */
export const dashboardQueries: readonly DashboardQuery[] = dashboardFiles.flatMap(
  ({ file: dashboard, dashboard: contents }) => {
    const panels = rowsOf(contents).flatMap(({ title: row, panels }) =>
      panels.map(({ title = '', targets }) => ({ row, title, targets })),
    );
    const annotations = contents.annotations.list ?? [];
    return [
      ...panels.flatMap(({ row, title, targets }) =>
        targets.map(({ expr, legendFormat: legend = '' }) => ({ dashboard, row, title, expr, legend })),
      ),
      ...annotations.map(({ name, expr = '', textFormat: legend = '' }) => ({
        dashboard,
        row: '',
        title: name,
        expr,
        legend,
      })),
    ];
  },
);

/** The labels that a legend names. */
export const labelsIn = (legend: string): string[] =>
  [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
