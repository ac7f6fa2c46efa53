import {
  BigValueGraphMode,
  GraphDrawStyle,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import * as tables from '@grafana/grafana-foundation-sdk/table';
import * as graphs from '@grafana/grafana-foundation-sdk/timeseries';

import { runbook, toBackend } from './links.js';
import { quantileOf } from './promql.js';
import { DATASOURCE } from './variables.js';

/** What every panel has. */
export interface About {
  title: string;
  /** What it shows, and what to do about it. */
  description: string;
  /** One of Grafana's units. */
  unit: string;
  /** Section of docs/runbook.md. */
  section?: string;
}

/** @param legend of a series: text with `{{label}}` in it. */
export function query(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).expr(expression).legendFormat(legend).range();
}

/** A line for each quantile of a histogram, as p95 for 0.95. */
export function quantiles(histogram: string, shares: readonly number[], ...matchers: string[]) {
  return shares.map((share) => query(quantileOf(share, histogram, '', ...matchers), `p${share * 100}`));
}

/** One number. */
export function stat(about: About, expression: string): stats.PanelBuilder {
  return described(new stats.PanelBuilder(), about)
    .withTarget(query(expression, about.title))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .graphMode(BigValueGraphMode.Area)
    .height(4);
}

/** Lines over time, from 0 up. */
export function graph(about: About, ...queries: DataqueryBuilder[]): graphs.PanelBuilder {
  return described(new graphs.PanelBuilder(), about)
    .targets(queries)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(10)
    .gradientMode(GraphGradientMode.None)
    .showPoints(VisibilityMode.Never)
    .legend(legendBelow())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .height(8);
}

/** Lines, each a link to the backend it is about. */
export function graphByHost(about: About, ...queries: DataqueryBuilder[]): graphs.PanelBuilder {
  return graph(about, ...queries).dataLinks([toBackend]);
}

/** Areas on top of each other: what they add up to is the whole. */
export function stacked(about: About, ...queries: DataqueryBuilder[]): graphs.PanelBuilder {
  return (
    graph(about, ...queries)
      .fillOpacity(70)
      // The line of a series that is 0 would lie on top of the others in its own color.
      .lineWidth(0)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  );
}

/** How often each bucket of a histogram was hit, over time. */
export function heatmap(about: About, expression: string): heatmaps.PanelBuilder {
  return described(new heatmaps.PanelBuilder(), about)
    .withTarget(query(expression, '{{le}}').format(PromQueryFormat.Heatmap))
    .calculate(false)
    .yAxis({ build: () => ({ unit: about.unit }) })
    .height(8);
}

/** Which state each series is in, over time. */
export function timeline(about: About, ...queries: DataqueryBuilder[]): timelines.PanelBuilder {
  return described(new timelines.PanelBuilder(), about)
    .targets(queries)
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .legend(legendBelow())
    .height(6);
}

/** What there is now. */
export function table(about: About, expression: string): tables.PanelBuilder {
  return described(new tables.PanelBuilder(), about)
    .withTarget(query(expression, '').format(PromQueryFormat.Table).instant())
    .height(6);
}

function legendBelow() {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
}

interface Describable {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  links(links: ReturnType<typeof runbook>[]): this;
}

function described<P extends Describable>(panel: P, { title, description, unit, section }: About): P {
  panel.title(title).description(description).unit(unit).datasource(DATASOURCE);
  return section === undefined ? panel : panel.links([runbook(section)]);
}
