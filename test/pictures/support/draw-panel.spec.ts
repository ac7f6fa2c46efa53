import { dashboardFile, dataPanels } from '../../manifests/support/dashboards.js';
import { drawPanel } from './draw-panel.js';

const panels = dataPanels(dashboardFile('overview.json').dashboard).map((panel) => ({
  panel,
  title: panel.title,
}));
const TIME = { start: 0, end: 3000, step: 1000 };
const SIZE = { width: 400, height: 240 };

it.each(panels)('draws "$title", with nothing in it, and with a series that stays 0', ({ panel }) => {
  const points: [number, number][] = [0, 1000, 2000, 3000].map((at) => [at, 0]);
  const labels = { pod: 'sprayproxy-0', le: '1' };
  for (const series of [[], [{ legend: 'p50', labels, points }]])
    expect(drawPanel({ panel, series, time: TIME }, SIZE)).toMatch(/^<svg .*<\/svg>$/s);
});
