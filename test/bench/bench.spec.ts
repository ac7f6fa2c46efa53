import { BEFORE, CONTENDERS } from '../../bench/contenders/contender.js';
import { type Figure } from '../../bench/measurement.js';
import { type ContenderResult } from '../../bench/result.js';
import { MAIN } from '../../testing/paths.js';
import { runBench, type WrittenRun, writtenBench } from './run-bench.js';

jest.setTimeout(180_000);

/** All quick ones but the one in a pod, which has a test of its own. */
const SCENARIOS = '10k-3,hung,burst,drain-10,start';

const PEER = `exec '${process.execPath}' '${MAIN}' server`;

/** Nothing is compared with. */
const ALL = CONTENDERS.filter((each) => !Object.values(BEFORE).includes(each));

const LOAD_FIGURES: readonly Figure[] = [
  'webhooksPerS',
  'p50Ms',
  'p99Ms',
  'cpuMsPerWebhook',
  'cpuMsPerForward',
  'startMs',
  'idleRssMiB',
  'peakRssMiB',
];

/** Told of contenders with a database alone. */
const DATABASE_FIGURE: Figure = 'databaseCpuMsPerWebhook';

describe('a quick run', () => {
  let run: WrittenRun;
  const contenders = (scenario: string): readonly ContenderResult[] =>
    run.result.scenarios.find(({ name }) => name === scenario)?.contenders ?? [];

  beforeAll(async () => {
    run = await writtenBench(['--quick', '--only', SCENARIOS], { BENCH_PEER: PEER });
  });

  it('finds no fault', () => {
    expect(run.result.faults).toEqual([]);
    expect(run.status).toBe(0);
  });

  it('measures every contender', () => {
    expect(contenders('10k-3').map(({ contender }) => contender)).toEqual(ALL);
    expect(run.result.skipped).toEqual([]);
  });

  it('gives every figure of a run under load, greater than 0', () => {
    for (const { contender, medians } of contenders('10k-3')) {
      const { [DATABASE_FIGURE]: _, ...others } = medians;
      expect(Object.keys(others).toSorted()).toEqual([...LOAD_FIGURES].toSorted());
      expect(Object.values(others).every((value) => Number.isFinite(value) && value > 0)).toBe(true);
      expect(medians[DATABASE_FIGURE] !== undefined).toBe(contender.startsWith('ours-postgres'));
      expect(medians.p99Ms).toBeGreaterThanOrEqual(medians.p50Ms ?? Infinity);
      expect(medians.peakRssMiB).toBeGreaterThanOrEqual(medians.idleRssMiB ?? Infinity);
    }
  });

  it('counts the CPU time of a database apart: it has some to do where a backend is down', () => {
    const oneDown = contenders('10k-3').find(({ contender }) => contender === 'ours-postgres-one-down');
    expect(oneDown?.medians[DATABASE_FIGURE]).toBeGreaterThan(0);
  });

  it('gives ratios to the floor, which is 1 of itself', () => {
    const floor = contenders('10k-3').find(({ contender }) => contender === 'floor');
    expect(Object.values(floor?.ratiosToFloor ?? {})).toEqual(
      LOAD_FIGURES.map(() => ({ median: 1, min: 1, max: 1 })),
    );
    for (const { medians, ratiosToFloor } of contenders('10k-3')) {
      const wanted = (medians.webhooksPerS ?? 0) / (floor?.medians.webhooksPerS ?? 0);
      expect(ratiosToFloor.webhooksPerS?.median).toBeCloseTo(wanted);
    }
  });

  it('answers and delivers every large webhook of a burst', () => {
    for (const { medians } of contenders('burst')) {
      expect((medians.answered200 ?? 0) + (medians.answered503 ?? 0)).toBe(20);
      expect(medians).toMatchObject({ answeredOther: 0, lost: 0 });
      expect(medians.peakRssMiB).toBeGreaterThan(0);
    }
  });

  it('sees a breaker open, and a backlog drained', () => {
    expect(contenders('hung')[0]?.medians.openMaxMs).toBeGreaterThan(0);
    expect(contenders('drain-10').map(({ contender }) => contender)).toEqual(['ours-spool', 'ours-postgres']);
    for (const { medians } of contenders('drain-10')) expect(medians.forwardsPerS).toBeGreaterThan(0);
  });

  it('tells about the machine and the versions', () => {
    const number = expect.any(Number) as number;
    const text = expect.stringMatching(/./) as string;
    expect(run.result).toEqual({
      format: 2,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      machine: {
        cpu: text,
        cores: number,
        memoryMiB: number,
        kernel: text,
        loadAverage: number,
        spoolFileSystem: text,
      },
      versions: {
        sprayproxy: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
        node: process.versions.node,
        nodeFlags: expect.any(Array) as string[],
        wrk: expect.stringMatching(/\d/) as string,
        nginx: expect.stringMatching(/^\d+\.\d+/) as string,
        postgres: expect.stringMatching(/^\d+\.\d+/) as string,
      },
      peer: PEER,
      before: null,
      rounds: 1,
      seconds: 1,
      warmUpSeconds: 1,
      quick: true,
      skipped: [],
      scenarios: expect.any(Array) as [],
      targets: expect.any(Array) as [],
      faults: [],
    });
  });

  it('judges nothing', () => {
    expect(run.result.targets.length).toBeGreaterThan(0);
    expect(run.result.targets.every(({ measured, met }) => measured === null && met === null)).toBe(true);
  });

  it('prints the tables it writes, and nothing else', () => {
    expect(run.stdout).toBe(run.markdown);
    expect(run.markdown).toMatch(/^\| target +\| +wanted \| +measured \| +of the rounds \| +\|$/m);
    for (const contender of ALL) expect(run.markdown).toMatch(new RegExp(`^\\| ${contender} +\\| `, 'm'));
  });
});

describe('an invalid run', () => {
  it('is reported loudly, has no medians, and ends with status 1', async () => {
    const run = await writtenBench(['--quick', '--only', 'start'], { BENCH_PEER: 'echo no luck; exit 3' });

    expect(run.status).toBe(1);
    expect(run.result.faults).toEqual([
      expect.stringMatching(/^start, round 1, peer: .* ended by itself:\nno luck\n$/s),
    ]);
    expect(run.markdown).toMatch(/^\*\*INVALID: 1 fault/);
    expect(run.stderr).toContain('INVALID: start, round 1, peer: ');
    const [scenario] = run.result.scenarios;
    expect(scenario?.contenders.find(({ contender }) => contender === 'peer')?.medians).toEqual({});
    expect(scenario?.contenders.find(({ contender }) => contender === 'floor')?.medians).not.toEqual({});
  });
});

describe('the bench', () => {
  it('refuses an unknown flag with status 2', async () => {
    const run = await runBench(['--fast']);
    expect(run.stderr).toContain("Unknown option '--fast'");
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });

  it('refuses to compare with a commit that is not there, with status 2', async () => {
    const run = await runBench(['--compare', 'no-such-commit']);
    expect(run.stderr).toContain("there is no commit 'no-such-commit' here");
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });

  it('says what to install where there is no wrk, and ends with status 2', async () => {
    const run = await runBench(['--quick'], { PATH: '/nonexistent' });
    expect(run.stderr).toContain('apt-get install wrk nginx-light');
    expect(run.status).toBe(2);
  });

  it('shows its options and scenarios', async () => {
    const run = await runBench(['--help']);
    const options = ['--quick', '--only', '--contenders', '--compare', '--rounds', '--seconds', '--out'];
    for (const word of [...options, 'BENCH_PEER', '10k-3']) expect(run.stdout).toContain(word);
    expect(run.status).toBe(0);
  });
});
