import { startGithub } from '../support/github/start-github.js';
import { scrape } from '../support/metrics.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const ROWS = 30_000;
const ROUNDS = 12;
const GOOD_ROUNDS = 'sprayproxy_recovery_rounds_total{result="good"}';
const MEMORY = 'sprayproxy_memory_used_bytes';
const MIB = 1024 * 1024;

it('reads a list of 30,000, every tenth of which failed, again and again in the same memory', async () => {
  const github = await startGithub();
  // All of one moment, so that each round reads all of them. Refused for good, so that nothing is asked for.
  const delivered_at = new Date().toISOString();
  for (let n = 0; n < ROWS; n += 1) {
    github.log.add({ guid: `guid-${n}`, event: 'push', status_code: n % 10 === 0 ? 413 : 200, delivered_at });
  }
  const { metricsUrl } = await startSprayproxy({ env: github.env });
  const memory: number[] = [];
  while (memory.length < ROUNDS) {
    const series = await scrape(metricsUrl);
    if ((series.get(GOOD_ROUNDS) ?? 0) > memory.length) memory.push((series.get(MEMORY) ?? 0) / MIB);
  }
  // The engine collects nothing before the heap has grown to what it may have from the start.
  const settled = memory.slice(ROUNDS / 2);
  expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(20);
  expect(github.redelivered).toEqual([]);
}, 600_000);
