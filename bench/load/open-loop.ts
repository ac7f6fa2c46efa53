import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

import { percentile } from '../statistics.js';
import { type SignedPayload } from './payload.js';
import { type Answer, newAgent, send } from './send.js';

/** How much sooner than a webhook is due the timer, which knows whole milliseconds only, is to go off. */
const EARLY_MS = 2;

export interface OpenLoopOptions {
  /** Of the contender. */
  readonly url: string;
  /** Sent each time under another `X-GitHub-Delivery`. */
  readonly webhook: SignedPayload;
  readonly perS: number;
  readonly seconds: number;
  /** An answer that takes longer counts as none. */
  readonly timeoutMs: number;
}

/** Durations of answers are counted from when their webhook was due, not from when it could be sent. */
export interface OpenLoopFigures {
  readonly sent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers that were not 2xx. */
  readonly badStatus: number;
  /** How often no answer came, for each reason. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** 99 of 100 webhooks left at most this long after they were due: how far the sender itself kept its time. */
  readonly latenessP99Ms: number;
}

/**
 * Sends webhooks at a steady rate, however long the answers to earlier ones take, over as many connections as that needs.
 * A sender that waits for answers asks less of a program that stalls, and sees one slow answer where users would see many.
 */
export async function openLoop(options: OpenLoopOptions): Promise<OpenLoopFigures> {
  const { webhook, url, perS, seconds, timeoutMs } = options;
  const agent = newAgent();
  const startedAt = performance.now();
  const latenessMs: number[] = [];
  const sent: Promise<Answer>[] = [];
  for (let at = 0; at < perS * seconds; at += 1) {
    const dueAt = startedAt + (at * 1000) / perS;
    await untilDue(dueAt);
    latenessMs.push(performance.now() - dueAt);
    const headers = { ...webhook.headers, 'X-GitHub-Delivery': randomUUID() };
    const answer = send(url, { ...webhook, headers }, agent, timeoutMs);
    sent.push(answer.then((each) => ({ ...each, ms: performance.now() - dueAt })));
  }
  const answers = await Promise.all(sent);
  agent.destroy();
  return figuresOf(answers, latenessMs);
}

async function untilDue(dueAt: number): Promise<void> {
  const aheadMs = dueAt - performance.now() - EARLY_MS;
  if (aheadMs >= 1) await delay(aheadMs);
  // Once at least: answers are read even by a sender that is late.
  do await nextTurn();
  while (performance.now() < dueAt);
}

function figuresOf(answers: readonly Answer[], latenessMs: readonly number[]): OpenLoopFigures {
  const durationsMs = answers.map(({ ms }) => ms);
  const unanswered: Record<string, number> = {};
  for (const { error } of answers) {
    if (error !== undefined) unanswered[error] = (unanswered[error] ?? 0) + 1;
  }
  return {
    sent: answers.length,
    p50Ms: percentile(durationsMs, 0.5) ?? 0,
    p99Ms: percentile(durationsMs, 0.99) ?? 0,
    maxMs: Math.max(0, ...durationsMs),
    badStatus: answers.filter(({ status }) => status !== 0 && (status < 200 || status > 299)).length,
    unanswered,
    latenessP99Ms: percentile(latenessMs, 0.99) ?? 0,
  };
}
