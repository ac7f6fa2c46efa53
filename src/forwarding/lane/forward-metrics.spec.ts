import { Backend } from '../../model/backend.js';
import { newCounter, newHistogram, samplesOf } from '../../../test/support/unregistered-metrics.js';
import { type AttemptResult } from '../../model/attempt.js';
import { ForwardMetrics } from './forward-metrics.js';

const backend = new Backend(new URL('http://pac:8080/base'), 'static');

function recording(...results: Omit<AttemptResult, 'backend'>[]) {
  const forwarded = newCounter('host', 'error');
  const responseTime = newHistogram();
  const attempts = newHistogram('host', 'outcome');
  const metrics = new ForwardMetrics(forwarded, responseTime, attempts);
  for (const result of results) metrics.record({ backend, ...result });
  return { metrics, forwarded, responseTime, attempts };
}

describe('ForwardMetrics', () => {
  it.each([
    ['none', { outcome: 'accepted', status: 202 }],
    ['http-error', { outcome: 'rejected', status: 400 }],
    ['http-error', { outcome: 'refused', status: 302 }],
    ['http-error', { outcome: 'refused', status: 503 }],
    ['http-error', { outcome: 'unknown', status: 500 }],
    ['non-http-error', { outcome: 'refused' }],
    ['non-http-error', { outcome: 'unknown' }],
  ] as const)('counts as error="%s": %j', async (error, result) => {
    const { forwarded } = recording({ ...result, durationMs: 1 });
    await expect(samplesOf(forwarded)).resolves.toEqual({ [`counter{host="pac:8080",error="${error}"}`]: 1 });
  });

  it('measures every attempt in seconds, and response time where an answer came', async () => {
    const { responseTime, attempts } = recording(
      { outcome: 'accepted', status: 200, durationMs: 250 },
      { outcome: 'unknown', durationMs: 1500 },
    );
    await expect(samplesOf(responseTime)).resolves.toMatchObject({ histogram_sum: 0.25, histogram_count: 1 });
    await expect(samplesOf(attempts)).resolves.toMatchObject({
      'histogram_sum{host="pac:8080",outcome="accepted"}': 0.25,
      'histogram_sum{host="pac:8080",outcome="unknown"}': 1.5,
    });
  });

  it('forgets all series of a host, and none of another', async () => {
    const { metrics, forwarded, attempts } = recording(
      { outcome: 'accepted', status: 200, durationMs: 1 },
      { outcome: 'rejected', status: 400, durationMs: 1 },
      { outcome: 'refused', status: 503, durationMs: 1 },
      { outcome: 'unknown', durationMs: 1 },
    );
    metrics.forget('another');
    expect(Object.keys(await samplesOf(forwarded))).toHaveLength(3);
    metrics.forget('pac:8080');
    await expect(samplesOf(forwarded)).resolves.toEqual({});
    await expect(samplesOf(attempts)).resolves.toEqual({});
  });
});
