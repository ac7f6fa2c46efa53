import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dashboardFile, rowsOf } from '../manifests/support/dashboards.js';
import { interpolate } from '../manifests/support/interpolate.js';
import { REPOSITORY } from '../manifests/support/kustomize.js';
import { startFaultyRun } from '../monitoring/support/faulty-run.js';
import { Prometheus } from '../monitoring/support/prometheus.js';
import { JOB, NAMESPACE, targetsOf } from '../monitoring/support/replicas.js';
import { RULE_FILES } from '../monitoring/support/rule-files.js';
import { useTempDir } from '../support/temp-dir.js';
import { drawPicture, type PictureRow } from './support/draw-picture.js';
import { type Choice, frameOf } from './support/frame-of.js';
import { play } from './support/play.js';
import { pngOf } from './support/png.js';

const DIRECTORY = join(REPOSITORY, 'docs/pictures');
const MAX_BYTES = 150 * 1024;

/** Rows of a dashboard that make one picture, by name of its file. */
const PICTURES: Readonly<Record<string, { file: string; rows: RegExp }>> = {
  'overview-webhooks.png': { file: 'overview.json', rows: /^(Now|Error budget|Webhooks)$/ },
  'overview-forwards.png': { file: 'overview.json', rows: /^(Forwards|Owed)$/ },
  'overview-processes.png': { file: 'overview.json', rows: /^(Spool|Memory|Processes)$/ },
  'backend.png': { file: 'backend.json', rows: /./ },
};

/** A minute is a number of them. */
const STEP_SECONDS = 3;

/** Seconds since the epoch, of the last step. */
const now = (): number => Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;

const directory = useTempDir();

it('draws what the dashboards show', async () => {
  const run = await startFaultyRun(directory.path);
  const prometheus = await Prometheus.start({
    directory: directory.path,
    targets: targetsOf(run.replicas),
    ruleFiles: RULE_FILES,
    hostNames: new Map([...run.backends.names].map(([host, name]) => [host, `${name}.test`])),
  });
  const start = now();
  await play(run);
  const choice: Choice = {
    variables: {
      __rate_interval: '15s',
      namespace: NAMESPACE,
      job: JOB,
      pod: '.*',
      host: 'down.test',
      backend: '.*',
    },
    time: { start, end: now(), stepSeconds: STEP_SECONDS },
  };

  mkdirSync(DIRECTORY, { recursive: true });
  for (const [name, { file, rows }] of Object.entries(PICTURES)) {
    const { dashboard } = dashboardFile(file);
    const drawn: PictureRow[] = [];
    for (const row of rowsOf(dashboard)) {
      if (!rows.test(row.title)) continue;
      const frames = await Promise.all(row.panels.map((panel) => frameOf(panel, prometheus, choice)));
      for (const { panel, series } of frames) expect([panel.title, series]).not.toEqual([panel.title, []]);
      drawn.push({ title: interpolate(row.title, choice.variables), frames });
    }
    const png = pngOf(drawPicture(drawn));
    expect(png.length).toBeLessThanOrEqual(MAX_BYTES);
    writeFileSync(join(DIRECTORY, name), png);
  }
}, 400_000);
