import { type Builder } from '@grafana/grafana-foundation-sdk/cog';
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
import {
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import * as tables from '@grafana/grafana-foundation-sdk/table';
import * as graphs from '@grafana/grafana-foundation-sdk/timeseries';

import { NEUTRAL, QUANTILE_COLORS, REPLICA_COLORS } from './colors.js';
import { runbook, toBackend } from './links.js';
import { quantileOf } from './promql.js';
import { colored } from './series-style.js';
import { DATASOURCE } from './variables.js';

/** Lines of Grafana's grid. */
export const GRAPH_HEIGHT = 9;

const MOST_BARS = 120;

/** What Grafana calls the column of the last values. */
const LAST = 'Last *';

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

/** Lines over time, from 0 up, in shades of a color that says nothing: what is well or bad has a color of its own. */
export function graph(about: About, ...queries: DataqueryBuilder[]): graphs.PanelBuilder {
  const legends = queries.map((each) => each.build().legendFormat ?? '');
  const panel = described(new graphs.PanelBuilder(), about)
    .targets(queries)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(10)
    .gradientMode(GraphGradientMode.None)
    .showPoints(VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(NEUTRAL))
    .legend(legendTable())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .height(GRAPH_HEIGHT);
  if (legends.includes('{{pod}}')) return colored(panel, REPLICA_COLORS);
  return legends.some((legend) => legend in QUANTILE_COLORS) ? colored(panel, QUANTILE_COLORS) : panel;
}

/**
 * Lines, each a link to the backend it is about, and in the color of the threshold that it has reached where it is: by its place
 * in a palette a healthy one might be red.
 */
export function graphByHost(
  about: About,
  thresholds: Builder<ThresholdsConfig>,
  ...queries: DataqueryBuilder[]
): graphs.PanelBuilder {
  return graph(about, ...queries)
    .overrides([])
    .thresholds(thresholds)
    .gradientMode(GraphGradientMode.Scheme)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .dataLinks([toBackend]);
}

/** Bars on top of each other, each series in its color: what they add up to is the whole. */
export function stacked(
  about: About,
  colors: Readonly<Record<string, string>>,
  ...queries: DataqueryBuilder[]
): graphs.PanelBuilder {
  const panel = graph(about, ...queries)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(90)
    .lineWidth(0)
    // Else there would be a bar for each pixel.
    .maxDataPoints(MOST_BARS)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  return colored(panel, colors);
}

/** How often each bucket of a histogram was hit, over time. */
export function heatmap(about: About, expression: string): heatmaps.PanelBuilder {
  return described(new heatmaps.PanelBuilder(), about)
    .withTarget(query(expression, '{{le}}').format(PromQueryFormat.Heatmap))
    .calculate(false)
    .yAxis({ build: () => ({ unit: about.unit }) })
    .height(GRAPH_HEIGHT);
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

/** Who is meant, how much it is now, and how much it was at most; the largest first, for there may be room for few. */
function legendTable() {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'max'])
    .sortBy(LAST)
    .sortDesc(true);
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
