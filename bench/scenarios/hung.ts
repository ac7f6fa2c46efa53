import { setTimeout as delay } from 'node:timers/promises';

import { ProgramBackends } from '../backends/program-backends.js';
import { type Bench } from '../bench-context.js';
import { type Contender } from '../contenders/contender.js';
import { metricSum } from '../contenders/metric-sum.js';
import { startContender } from '../contenders/start-contender.js';
import { SECRET, signedPayload } from '../load/payload.js';
import { type Answer, newAgent, send } from '../load/send.js';
import { type Measurement } from '../measurement.js';
import { scoped } from '../../testing/scoped.js';
import { median } from '../statistics.js';

const BYTES = 10 * 1024;

/** Webhooks sent once it is open, spread over a few seconds so that the backend is tried again meanwhile. */
const openWebhooks = (quick: boolean) => (quick ? 20 : 100);
const OPEN_INTERVAL_MS = 30;

/**
 * Durations in ms: the acknowledgement, attempt and first retry's time-outs of the program; the pause between two webhooks
 * while the breaker is closed; the longest it may take to open. An attempt must end after its webhook was answered: else
 * it would not be the time-out of the acknowledgement that is seen.
 */
const timeouts = (quick: boolean) =>
  quick
    ? { ackMs: 300, requestMs: 400, retryMs: 100, pauseMs: 50, openWithinMs: 60_000 }
    : { ackMs: 8000, requestMs: 9000, retryMs: 1000, pauseMs: 500, openWithinMs: 240_000 };

/** One backend of three takes webhooks and never answers. Webhooks are sent one after the other. */
export const measureHung = (contender: Contender, bench: Bench): Promise<Measurement> =>
  scoped(async (defer) => {
    const healthy = await ProgramBackends.start(2);
    defer(() => healthy.stop());
    const hung = await ProgramBackends.start(1, { delayMs: null });
    defer(() => hung.stop());
    const { ackMs, requestMs, retryMs, pauseMs, openWithinMs } = timeouts(bench.quick);
    const running = await startContender(bench, {
      contender,
      secret: SECRET,
      backends: [...healthy.urls, ...hung.urls],
      env: {
        SPRAYPROXY_ACK_TIMEOUT: `${ackMs}ms`,
        SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: `${requestMs}ms`,
        SPRAYPROXY_RETRY_MIN_DELAY: `${retryMs}ms`,
        ...(bench.quick ? { SPRAYPROXY_RETRY_MAX_DELAY: `${retryMs}ms` } : {}),
      },
    });
    defer(() => running.stop());
    const agent = newAgent();
    defer(() => {
      agent.destroy();
    });
    const sendOne = () => send(running.url, signedPayload(BYTES), agent);
    const isOpen = async () => (await metricSum(running.metricsUrl, 'sprayproxy_backend_down')) > 0;

    const closed: Answer[] = [];
    const startedAt = performance.now();
    let opened = false;
    while (!opened && performance.now() - startedAt < openWithinMs) {
      closed.push(await sendOne());
      await delay(pauseMs);
      opened = await isOpen();
    }
    const breakerAfterMs = performance.now() - startedAt;
    const open: Answer[] = [];
    while (opened && open.length < openWebhooks(bench.quick)) {
      open.push(await sendOne());
      await delay(OPEN_INTERVAL_MS);
    }
    const closedMs = closed.map(({ ms }) => ms);
    const openMs = open.map(({ ms }) => ms);
    return {
      figures: {
        firstAnswerMs: closedMs[0] ?? 0,
        pastAckTimeoutMs: Math.max(...closedMs) - ackMs,
        breakerAfterMs,
        ...(opened ? { openP50Ms: median(openMs) ?? 0, openMaxMs: Math.max(...openMs) } : {}),
      },
      faults: [
        ...(opened ? [] : [`the breaker did not open within ${openWithinMs} ms`]),
        ...answerFaults([...closed, ...open]),
      ],
    };
  });

/** Every webhook is owed to the hung backend: 202. */
const answerFaults = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ status, error }, at) =>
    status === 202 ? [] : [`webhook ${at + 1} was answered ${error ?? status} instead of 202`],
  );
