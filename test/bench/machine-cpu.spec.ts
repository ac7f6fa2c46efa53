import { parseMachineCpu, watchOthers } from '../../bench/process/machine-cpu.js';
import { cpuEverMs } from '../../bench/process/process-tree.js';
import { runCommand } from '../../bench/process/run-command.js';

it('time that is idle, or waits for a disk, is taken by nobody; what the host takes is', () => {
  //          user nice system idle iowait irq softirq steal guest guest_nice
  const stat = 'cpu  10 2 30 400 50 6 7 8 1000 1000\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
  expect(parseMachineCpu(stat)).toEqual({ taken: 630, all: 5130 });
});

describe('what a child uses', () => {
  const SPIN = 'const end = performance.now() + 200; while (performance.now() < end);';

  it('counts as its parent’s after it has ended, and so not as the others’', async () => {
    const before = cpuEverMs(process.pid);
    const others = watchOthers();
    await runCommand([process.execPath, '-e', SPIN]);
    expect(cpuEverMs(process.pid) - before).toBeGreaterThan(0);
    expect(others()).toBeLessThanOrEqual(100);
  });
});
