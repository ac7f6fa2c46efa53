import { useTempDir } from '../support/temp-dir.js';
import { startFaultyRun } from './support/faulty-run.js';
import { Prometheus } from './support/prometheus.js';
import { targetsOf } from './support/replicas.js';

const directory = useTempDir();

it('is scraped', async () => {
  const run = await startFaultyRun(directory.path);
  const prometheus = await Prometheus.start({
    directory: directory.path,
    targets: targetsOf(run.replicas),
  });
  await run.round();
  run.backends.begin();
  await run.round({ overloaded: true });
  expect(await prometheus.query('sprayproxy_forwards_owed > 0')).not.toEqual([]);
}, 60_000);
