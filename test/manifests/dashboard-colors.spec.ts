import {
  ANSWER_STATUSES,
  FORWARD_ERRORS,
  HANDSHAKE_FAULTS,
  REJECTION_REASONS,
  WAIT_RESULTS,
} from '../../src/metrics/names.js';
import { OUTCOMES } from '../../src/model/outcome.js';
import { type DataPanel } from './support/dashboard-schema.js';
import { labelsIn } from './support/dashboard-queries.js';
import { dashboardFile, dashboardFiles, dataPanels, rowsOf } from './support/dashboards.js';

type Graph = Extract<DataPanel, { type: 'timeseries' }>;

const graphs = dashboardFiles.flatMap(({ file, dashboard }) =>
  dataPanels(dashboard)
    .filter((panel): panel is Graph => panel.type === 'timeseries')
    .map((panel) => ({ name: `${file}: ${panel.title ?? ''}`, panel })),
);

/** Values of labels that say how something went. */
const STATES: Readonly<Record<string, readonly (string | number)[]>> = {
  error: FORWARD_ERRORS,
  outcome: OUTCOMES,
  reason: REJECTION_REASONS,
  status: ANSWER_STATUSES,
};
/** Where such a label means something else. */
const STATES_BY_PANEL: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'Waits for room': { result: WAIT_RESULTS },
  'Connections without TLS': { reason: HANDSHAKE_FAULTS },
};
const statesOf = ({ title = '' }: Graph, label: string) =>
  STATES_BY_PANEL[title]?.[label] ?? STATES[label] ?? [];

/** How each series of a panel went that is told apart by one of those labels, and the color it always has. */
const colorsIn = (panel: Graph) =>
  panel.targets
    .flatMap(({ legendFormat = '' }) => labelsIn(legendFormat))
    .flatMap((label) => statesOf(panel, label).map((state) => ({ label, state: String(state) })))
    .map(({ label, state }) => ({ is: `${label} ${state}`, color: fixedColor(panel, state) }));

function fixedColor({ fieldConfig }: Graph, legend: string): string | undefined {
  const found = fieldConfig.overrides.findLast(
    ({ matcher: { id, options } }) =>
      id === 'byRegexp' && new RegExp(String(options).slice(1, -1)).test(legend),
  );
  const color = found?.properties.find(({ id }) => id === 'color')?.value as
    { mode: string; fixedColor: string } | undefined;
  return color?.mode === 'fixed' ? color.fixedColor : undefined;
}

describe('the color of a series', () => {
  it.each(graphs)('is not that of its place in a palette: $name', ({ panel }) => {
    const { color, thresholds } = panel.fieldConfig.defaults;
    if (color?.mode === 'thresholds') expect(thresholds?.steps[0]?.color).toBe('green');
    else expect(color).toEqual({ mode: 'shades', fixedColor: 'blue' });
  });

  it('is that of the state it is in, where each series is a backend', () => {
    const byHost = graphs.filter(({ panel }) =>
      panel.targets.some(({ legendFormat = '' }) => labelsIn(legendFormat).includes('host')),
    );
    expect(byHost.length).toBeGreaterThan(4);
    expect([...new Set(byHost.map(({ panel }) => panel.fieldConfig.defaults.color?.mode))]).toEqual([
      'thresholds',
    ]);
  });

  it('is that of the value at each place of such a line', () => {
    const byValue = graphs.filter(({ panel }) => panel.fieldConfig.defaults.color?.mode === 'thresholds');
    for (const { name, panel } of byValue)
      expect([name, panel.fieldConfig.defaults.custom?.gradientMode]).toEqual([name, 'scheme']);
  });

  it('is the same for a replica everywhere', () => {
    const ofReplicas = graphs.filter(
      ({ panel }) =>
        panel.fieldConfig.defaults.color?.mode === 'shades' &&
        panel.targets.some(({ legendFormat }) => legendFormat === '{{pod}}'),
    );
    expect(ofReplicas.length).toBeGreaterThan(10);
    for (const pod of ['sprayproxy-0', 'sprayproxy-1', 'a-sprayproxy-6d5f8b7c9-x2x7q']) {
      const found = new Set(ofReplicas.map(({ panel }) => fixedColor(panel, pod)));
      expect([pod, [...found]]).toStrictEqual([pod, [expect.stringMatching(/blue$/)]]);
    }
  });

  const colors = graphs.flatMap(({ panel }) => colorsIn(panel));

  it('is fixed for every outcome, status, error and reason, and the same everywhere', () => {
    const each = new Map<string, Set<string | undefined>>();
    for (const { is, color } of colors) each.set(is, (each.get(is) ?? new Set()).add(color));
    expect([...each.keys()]).toEqual(expect.arrayContaining(OUTCOMES.map((outcome) => `outcome ${outcome}`)));
    for (const [is, found] of each) expect([is, [...found]]).toStrictEqual([is, [expect.any(String)]]);
  });

  it('is green for what went well, and for nothing else', () => {
    const green = new Set(colors.filter(({ color }) => color === 'green').map(({ is }) => is));
    expect([...green].sort()).toEqual(['error none', 'outcome accepted', 'result admitted', 'status 200']);
  });
});

describe('every graph', () => {
  it.each(graphs)('has a legend that says what is, and what was at most: $name', ({ panel }) => {
    expect(panel.options.legend).toMatchObject({ displayMode: 'table', calcs: ['lastNotNull', 'max'] });
  });

  it.each(graphs.filter(({ panel }) => colorsIn(panel).length > 0))(
    'of states has bars, one on top of the other: $name',
    ({ panel }) => {
      expect(panel.fieldConfig.defaults.custom).toMatchObject({
        drawStyle: 'bars',
        stacking: { mode: 'normal' },
      });
    },
  );
});

describe('the rows', () => {
  const rows = rowsOf(dashboardFile('overview.json').dashboard);

  it('of which nobody needs to know while all is well are closed', () => {
    expect(rows.filter(({ collapsed }) => collapsed).map(({ title }) => title)).toEqual([
      'Spool',
      'Database',
      'Recovery',
      'Memory',
      'Processes',
    ]);
  });

  it('have panels each, closed or not', () => {
    for (const { title, panels } of rows) expect([title, panels.length > 0]).toEqual([title, true]);
  });
});
