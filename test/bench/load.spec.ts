import { ProgramBackends } from '../../bench/backends/program-backends.js';
import { measureLoad, measureLoadOn } from '../../bench/scenarios/load.js';
import { findTools } from '../../bench/tools.js';
import { onCleanup } from '../support/cleanup.js';

const SHAPE = { bodyBytes: 10 * 1024, backends: 2, delayMs: 0 };
const tools = findTools();
const about = { peer: undefined, before: undefined };
const bench = { tools, ...about, seconds: 1, warmUpSeconds: 1, quick: true };

describe('a run under load', () => {
  it('is invalid where a backend answers 500', async () => {
    const backends = await ProgramBackends.start(SHAPE.backends, { status: 500 });
    onCleanup(() => backends.stop());

    const { faults } = await measureLoadOn(backends, SHAPE, 'floor', bench);

    expect(faults).toEqual([
      'a signed webhook was answered 502',
      expect.stringMatching(/^\d+ of \d+ answers were not 2xx$/),
    ]);
  });

  it('is valid with backends of a minimal program, where there is no nginx', async () => {
    const { figures, faults } = await measureLoad(SHAPE, 'floor', {
      ...bench,
      tools: { ...tools, nginx: undefined },
    });

    expect(faults).toEqual([]);
    expect(figures.webhooksPerS).toBeGreaterThan(0);
  });

  it('never sends a delivery id twice, and every byte as it was signed', async () => {
    const backends = await ProgramBackends.start(1, { digests: true });
    onCleanup(() => backends.stop());

    await measureLoadOn(backends, { ...SHAPE, backends: 1 }, 'floor', bench);
    await backends.counts();

    const guids = backends.arrivals.map(({ guid }) => guid);
    expect(guids.length).toBeGreaterThan(0);
    expect(new Set(guids).size).toBe(guids.length);
    expect(guids.every((guid) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(guid))).toBe(true);
    // The probe's and the load's.
    expect(new Set(backends.arrivals.map(({ digest }) => digest)).size).toBe(2);
  });
});
