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

/** Values of a label that exist in the time shown. */
function labelValues(name: string, label: string, selector: string): QueryVariableBuilder {
  const query = `label_values(${selector}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}

export const common: Builder<VariableModel>[] = [
  new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
  labelValues('namespace', 'Namespace', BUILD_INFO),
  labelValues('job', 'Job', `${BUILD_INFO}{namespace="$namespace"}`),
  labelValues('pod', 'Pod', `${BUILD_INFO}{namespace="$namespace", job="$job"}`)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] }),
  new ConstantVariableBuilder(RUNBOOK).label('Runbook').value(RUNBOOK_URL),
];

/**
 * The backend, as `host:port` of its URL: each that is in the list, and each that was and is owed something or has dead forwards.
 * Those have no breaker any more, and yet an alert leads to them.
 */
export const host: Builder<VariableModel> = labelValues('host', 'Backend', series(FORWARDS_OWED));
