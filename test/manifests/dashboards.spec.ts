import * as units from '@grafana/grafana-foundation-sdk/units';
import { join } from 'node:path';

import { dashboards, textOf } from '../../dashboards/all.js';
import { alertingRules } from '../monitoring/support/rule-files.js';
import { compileFaults } from './support/compiled.js';
import { dashboardFiles, dataPanels, groupsOf, objectsIn } from './support/dashboards.js';
import { planted } from './support/planted.js';

const COLUMNS = 24;
/** What the annotation that `kubectl apply` makes may hold, with room for the rest of the object. */
const MAX_BYTES = 200 * 1024;

const strict = (value: unknown) => ({
  value,
  module: join(__dirname, 'support/dashboard-schema.js'),
  type: 'StrictDashboard',
});

it('has every dashboard, as the program writes it', () => {
  expect(Object.fromEntries(dashboardFiles.map(({ file, text }) => [file, text]))).toEqual(
    Object.fromEntries(Object.entries(dashboards).map(([file, dashboard]) => [file, textOf(dashboard)])),
  );
});

describe.each(dashboardFiles)('$file', ({ text, dashboard }) => {
  const panels = dataPanels(dashboard);

  it('has only fields that the published types know, with values of their types', () => {
    expect(compileFaults([strict(dashboard)])).toEqual([]);
  });

  it('fits where kubectl keeps a copy of it', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_BYTES);
  });

  it('numbers every panel once, and every query of a panel', () => {
    const ids = groupsOf(dashboard).flatMap((group) => group.map(({ id }) => id));
    expect(ids).toEqual([...new Set(ids)].filter((id) => id !== undefined && id > 0));
    for (const { targets } of panels) {
      const refIds = targets.map(({ refId }) => refId);
      expect(refIds).toEqual([...new Set(refIds)].filter((refId) => refId !== undefined));
    }
  });

  it('keeps every panel within the columns, and no two in one place', () => {
    for (const group of groupsOf(dashboard)) {
      const taken = new Set<string>();
      for (const { title, gridPos } of group) {
        const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect([title, x >= 0, x + w <= COLUMNS, w > 0, h > 0]).toEqual([title, true, true, true, true]);
        for (let column = x; column < x + w; column += 1)
          for (let line = y; line < y + h; line += 1) {
            expect([title, taken.has(`${column},${line}`)]).toEqual([title, false]);
            taken.add(`${column},${line}`);
          }
      }
    }
  });

  it('fills every line from the left to the right', () => {
    for (const group of groupsOf(dashboard)) {
      const widths = new Map<number, number>();
      for (const { gridPos } of group)
        widths.set(gridPos?.y ?? -1, (widths.get(gridPos?.y ?? -1) ?? 0) + (gridPos?.w ?? 0));
      expect([...new Set(widths.values())]).toEqual([COLUMNS]);
    }
  });

  it('calls no two panels the same', () => {
    const titles = panels.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it.each(panels.map((panel) => ({ ...panel, name: panel.title })))('describes $name', (panel) => {
    expect(panel.title).toMatch(/^[A-Z]/);
    expect(panel.description).toMatch(/^[^]{30,}\.$/);
    expect(Object.values(units)).toContain(panel.fieldConfig.defaults.unit);
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const { legendFormat } of panel.targets)
      if (panel.type !== 'table') expect(legendFormat).toMatch(/./);
  });

  it('asks for the format that the panel draws', () => {
    for (const { title, type, targets } of panels) {
      const format = type === 'heatmap' || type === 'table' ? type : undefined;
      expect([title, ...targets.map((target) => target.format)]).toEqual([
        title,
        ...targets.map(() => format),
      ]);
    }
  });

  it('asks the data source that the reader has chosen, and no other', () => {
    const sources = [...objectsIn(dashboard)]
      .filter(([key]) => key === 'datasource')
      .map(([, source]) => source);
    const targets = panels.flatMap((panel) => panel.targets);
    expect(sources.length).toBeGreaterThan(targets.length + panels.length);
    expect(new Set(sources.map((source) => JSON.stringify(source)))).toEqual(
      new Set(['{"type":"prometheus","uid":"${datasource}"}']),
    );
  });

  it('uses every variable it has, and has every variable it uses', () => {
    const used = [...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name);
    const defined = dashboard.templating.list?.map(({ name }) => name);
    expect([...new Set(used)].sort()).toEqual(defined?.sort());
  });

  it('links to the runbook where the alerts do', () => {
    const [page, sections] = [new Set<string>(), new Set<string>()];
    for (const { annotations } of alertingRules) {
      const [address = '', section = ''] = annotations.runbook_url?.split('#') ?? [];
      page.add(address);
      sections.add(section);
    }
    expect(dashboard.templating.list?.find(({ name }) => name === 'runbook')?.query).toBe([...page].join());
    const linked = [...text.matchAll(/\$\{runbook:raw\}#([\w-]+)/g)].map(([, section]) => section);
    expect(linked.length).toBeGreaterThan(0);
    expect(linked.filter((section = '') => !sections.has(section))).toEqual([]);
  });

  it('links to dashboards that there are', () => {
    const uids = [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid);
    for (const uid of uids) expect(dashboardFiles.map((other) => other.dashboard.uid)).toContain(uid);
  });
});

describe('the check itself', () => {
  /** Open by definition: what a transformation, an override or a variable's query is given. */
  const OPEN = /(transformations\.\d+\.options|properties\.\d+\.value|list\.\d+\.query)$/;

  it('refuses a field nobody knows, in every kind of panel at every depth', () => {
    const copies = dashboardFiles.flatMap(({ dashboard }) => {
      const kinds = new Map(
        groupsOf(dashboard).flatMap((group) => group.map((panel) => [panel.type, panel])),
      );
      return planted({ ...dashboard, panels: [...kinds.values()] }, OPEN);
    });
    const refused = new Set(compileFaults(copies.map(strict)).map(({ literal }) => literal.value));

    expect(copies.length).toBeGreaterThan(100);
    expect(copies.filter((copy) => !refused.has(copy)).length).toBe(0);
  });
});
