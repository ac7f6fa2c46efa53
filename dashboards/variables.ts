import { type Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  ConstantVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { BUILD_INFO, FORWARDS_OWED } from '../src/metrics/names.js';
import { series } from './promql.js';

/** The Prometheus that every panel asks. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Variables by which a dashboard chooses, in the order in which they narrow each other. */
export const SELECTING = ['datasource', 'namespace', 'job', 'pod'];

/** Name of the constant that holds the address of docs/runbook.md. */
export const RUNBOOK = 'runbook';

const RUNBOOK_URL = 'https://example.com/sprayproxy/docs/runbook.md';

/**
 * A variable with the values that a label has in the time shown.
 * @param of the label, where it is not called as the variable is
 */
function labelValues(name: string, title: string, selector: string, of = name): QueryVariableBuilder {
  const query = `label_values(${selector}, ${of})`;
  return new QueryVariableBuilder(name)
    .label(title)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}

/** Several of a list, all of them at first. */
const several = (variable: QueryVariableBuilder): QueryVariableBuilder =>
  variable
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });

export const common: Builder<VariableModel>[] = [
  new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
  labelValues('namespace', 'Namespace', BUILD_INFO),
  labelValues('job', 'Job', `${BUILD_INFO}{namespace="$namespace"}`),
  several(labelValues('pod', 'Pod', `${BUILD_INFO}{namespace="$namespace", job="$job"}`)),
  new ConstantVariableBuilder(RUNBOOK).label('Runbook').value(RUNBOOK_URL),
];

/**
 * The backend, as `host:port` of its URL: each that is in the list, and each that was and is owed something or has dead forwards.
 * Those have no breaker any more, and yet an alert leads to them.
 */
export const host: Builder<VariableModel> = labelValues('host', 'Backend', series(FORWARDS_OWED));

/** Those that the overview draws. Not called `host`: links between the dashboards hand variables on, and there "All" is none. */
export const backends: Builder<VariableModel> = several(
  labelValues('backend', 'Backends', series(FORWARDS_OWED), 'host'),
);

/** Narrows series with the label `host` to those. */
export const CHOSEN = 'host=~"$backend"';
