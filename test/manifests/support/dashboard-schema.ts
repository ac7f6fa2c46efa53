import type {
  Dashboard,
  FieldConfig,
  FieldConfigSource,
  Panel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** What JSON has of a type: the values of an enumeration as plain text. */
type Json<T> = 0 extends 1 & T
  ? T
  : T extends string
    ? `${T}`
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : T;

type Query = Omit<prometheus.Dataquery, '_implementsDataqueryVariant'>;

/** Grafana publishes the parts of a panel that its plugins own by themselves, and leaves them open in the whole. */
interface PanelOf<Type extends string, Options, Custom> extends Omit<
  Panel,
  'type' | 'targets' | 'options' | 'fieldConfig'
> {
  type: Type;
  targets: Query[];
  options: Options;
  fieldConfig: Omit<FieldConfigSource, 'defaults'> & {
    defaults: Omit<FieldConfig, 'custom'> & { custom?: Custom };
  };
}

export type DataPanel = Json<
  | PanelOf<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | PanelOf<'stat', stat.Options, never>
  | PanelOf<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | PanelOf<'table', table.Options, table.FieldConfig>
  | PanelOf<'timeseries', timeseries.Options, timeseries.FieldConfig>
>;

/** A dashboard as Grafana's published types know it, with those of the plugins put in. */
export type StrictDashboard = Json<Omit<Dashboard, 'panels'>> & { panels: (DataPanel | Heading)[] };

/** One that is closed holds the panels below it. */
type Heading = Json<Omit<RowPanel, 'panels'>> & { panels: DataPanel[] };
