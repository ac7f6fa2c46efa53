import { openLoop, type OpenLoopFigures } from '../../bench/load/open-loop.js';
import { signedPayload } from '../../bench/load/payload.js';
import { steadyFaults } from '../../bench/load/steady.js';
import { LoopbackServer } from '../../testing/backend.js';
import { onCleanup } from '../support/cleanup.js';

type Answer = () => void;

/** Sends webhooks at 100/s for a quarter of a second to whom `receive` makes answer. */
async function sendTo(receive: (answer: Answer, at: number) => void): Promise<OpenLoopFigures> {
  let count = 0;
  const server = new LoopbackServer((request, response) => {
    request.resume();
    request.on('end', () => {
      count += 1;
      receive(() => response.end(), count);
    });
  });
  await server.listen();
  onCleanup(() => server.stop());
  const options = { perS: 100, seconds: 0.25, timeoutMs: 10_000 };
  return openLoop({ ...options, url: server.url, webhook: signedPayload(100) });
}

const SENT = 25;

describe('a sender at a steady rate', () => {
  it('sends as many as it is to', async () => {
    const figures = await sendTo((answer) => {
      answer();
    });
    expect(figures).toMatchObject({ sent: SENT, badStatus: 0, unanswered: {} });
    expect(steadyFaults(100, figures)).toEqual([]);
  });

  it('waits for no answer: each that is held back counts from when its webhook was due', async () => {
    const held: Answer[] = [];
    const { p50Ms, maxMs } = await sendTo((answer, at) => {
      held.push(answer);
      if (at === SENT) for (const each of held) each();
    });
    // The first waited until the last was due, 24 times 10 ms later, and the one in the middle until 12 times.
    expect(maxMs).toBeGreaterThanOrEqual(240);
    expect(p50Ms).toBeGreaterThanOrEqual(120);
  });

  it('counts what it could send only late from when it was due', async () => {
    const { p50Ms, latenessP99Ms } = await sendTo((answer, at) => {
      // Sender and server are one process here: both stand still.
      if (at === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      answer();
    });
    expect(latenessP99Ms).toBeGreaterThanOrEqual(200);
    expect(p50Ms).toBeGreaterThanOrEqual(100);
  });

  it('tells of answers that are not 2xx, and of none', () => {
    const figures = { p50Ms: 1, p99Ms: 1, maxMs: 1, latenessP99Ms: 0 };
    const faults = steadyFaults(50, { ...figures, sent: 9, badStatus: 2, unanswered: { ECONNRESET: 1 } });
    expect(faults).toEqual([
      'at 50/s, 2 of 9 answers were not 2xx',
      'at 50/s, 1 of 9 had no answer (ECONNRESET)',
    ]);
  });
});
