import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { type IncomingMessage } from 'node:http';
import { once } from 'node:events';

import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { fixture } from './support/fixture.js';
import { scrape } from './support/metrics.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';

it('begins at 0 what an alert counts, before the first of its kind', async () => {
  const { metricsUrl } = await bootSprayproxy();
  const metrics = await scrape(metricsUrl);
  const series = [
    ...['signature', 'size', 'aborted', 'timeout', 'overload'].map(
      (reason) => `sprayproxy_webhooks_rejected_total{reason="${reason}"}`,
    ),
    ...[200, 202, 400, 408, 413, 500, 502, 503].map(
      (status) => `sprayproxy_webhook_answer_duration_seconds_count{status="${status}"}`,
    ),
    ...['accepted', 'rejected', 'refused', 'unknown'].map(
      (outcome) => `sprayproxy_forward_retries_total{outcome="${outcome}"}`,
    ),
    'sprayproxy_spool_write_failures_total',
  ];
  expect(series.map((name) => [name, metrics.get(name)])).toEqual(series.map((name) => [name, 0]));
  expect(metrics.get('sprayproxy_memory_used_bytes')).toBeGreaterThan(10 * 1024 * 1024);
});

it('counts webhooks, attempts, answers and payloads', async () => {
  const good = await BackendServer.start(202);
  const bad = await BackendServer.start(400, 503);
  const { url, metricsUrl } = await bootSprayproxy({ backends: [good.url, bad.url] });
  await sendWebhook(url, '{"n":1}');
  await sendWebhook(url, '{"n":2}', { path: '/' });
  await sendWebhook(url, '{"n":3}', { headers: { 'X-Hub-Signature-256': 'sha256=0' } });
  const metrics = await scrape(metricsUrl);
  const expected = {
    sprayproxy_http_inbound_requests_total: 3,
    [`sprayproxy_http_forwarded_requests_total{host="${good.host}",error="none"}`]: 2,
    [`sprayproxy_http_forwarded_requests_total{host="${bad.host}",error="http-error"}`]: 2,
    sprayproxy_http_response_time_duration_seconds_count: 4,
    'sprayproxy_http_response_time_duration_seconds_bucket{le="+Inf"}': 4,
    [`sprayproxy_forward_attempt_duration_seconds_count{host="${good.host}",outcome="accepted"}`]: 2,
    [`sprayproxy_forward_attempt_duration_seconds_count{host="${bad.host}",outcome="rejected"}`]: 1,
    [`sprayproxy_forward_attempt_duration_seconds_count{host="${bad.host}",outcome="refused"}`]: 1,
    'sprayproxy_webhooks_rejected_total{reason="signature"}': 1,
    'sprayproxy_webhook_answer_duration_seconds_count{status="200"}': 1,
    'sprayproxy_webhook_answer_duration_seconds_count{status="400"}': 1,
    'sprayproxy_webhook_answer_duration_seconds_count{status="502"}': 1,
    sprayproxy_webhook_payload_bytes_count: 2,
    sprayproxy_webhook_payload_bytes_sum: 14,
    sprayproxy_webhooks_in_flight: 0,
    sprayproxy_inflight_payload_bytes: 0,
    sprayproxy_inflight_payload_max_bytes: 134_217_728,
    'sprayproxy_inflight_wait_duration_seconds_count{result="admitted"}': 0,
    'sprayproxy_inflight_wait_duration_seconds_count{result="refused"}': 0,
    sprayproxy_ready: 1,
    'sprayproxy_backends{origin="static"}': 2,
    'sprayproxy_backends{origin="registered"}': 0,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, metrics.get(name)]))).toEqual(
    expected,
  );
});

it('knows what is in flight', async () => {
  let answer: (() => void) | undefined;
  const backend = await BackendServer.start((_request, response) => {
    answer = () => response.writeHead(202).end();
  });
  const { url, metricsUrl } = await bootSprayproxy({ backends: [backend.url] });
  const reply = sendWebhook(url, '{"n":1}');
  await backend.receive(1);
  const metrics = await scrape(metricsUrl);
  expect(metrics.get('sprayproxy_webhooks_in_flight')).toBe(1);
  expect(metrics.get('sprayproxy_inflight_payload_bytes')).toBe(7);
  answer?.();
  await reply;
});

it('has labels that a sender of webhooks cannot multiply', async () => {
  const backend = await BackendServer.start();
  const { url, metricsUrl } = await bootSprayproxy({ backends: [backend.url] });
  await sendWebhook(url, '{}');
  // The process metrics have series that come and go, such as one for each kind of garbage collection.
  const series = async () =>
    [...(await scrape(metricsUrl)).keys()].filter((name) => name.startsWith('sprayproxy_'));
  const before = await series();
  for (let n = 0; n < 5; n += 1) {
    await sendWebhook(url, '{}', { path: `/proxy?${n}`, event: `event${n}`, guid: randomUUID() });
  }
  expect(await series()).toEqual(before);
});

it('answers nothing but GET and HEAD of /metrics, and the webhook port has none', async () => {
  const { url, metricsUrl } = await bootSprayproxy();
  expect((await fetch(`${metricsUrl}/metrics`)).headers.get('content-type')).toMatch(
    /^text\/plain; version=0\.0\.4/,
  );
  const toHead = await send(metricsUrl, { method: 'HEAD', path: '/metrics' });
  expect(toHead).toMatchObject({ status: 200, text: '' });
  expect(toHead.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  for (const path of ['/', '/metrics/', '/healthz', '/backends', '/proxy']) {
    expect((await fetch(`${metricsUrl}${path}`)).status).toBe(404);
  }
  expect((await fetch(`${metricsUrl}/metrics`, { method: 'POST' })).status).toBe(404);
  expect((await send(url, { method: 'GET', path: '/metrics' })).status).toBe(404);
});

it('is served over TLS when certificate and key are given', async () => {
  const { metricsUrl } = await bootSprayproxy({
    env: {
      SPRAYPROXY_SERVER_METRICS_CERT: fixture('localhost-cert.pem'),
      SPRAYPROXY_SERVER_METRICS_KEY: fixture('localhost-key.pem'),
    },
  });
  const outgoing = request(`${metricsUrl}/metrics`, { rejectUnauthorized: false }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(await text(response)).toContain('sprayproxy_http_inbound_requests_total 0');
  await expect(fetch(`${metricsUrl.replace('https', 'http')}/metrics`)).rejects.toThrow();
});

describe('the built program', () => {
  it('exposes the three metrics that dashboards draw, with their types, labels and buckets, from the start', async () => {
    const { metricsUrl } = await startSprayproxy({ backends: ['http://192.0.2.1'] });
    const exposition = await (await fetch(`${metricsUrl}/metrics`)).text();
    expect(exposition).toContain('# TYPE sprayproxy_http_inbound_requests_total counter\n');
    expect(exposition).toContain('\nsprayproxy_http_inbound_requests_total 0\n');
    expect(exposition).toContain('# TYPE sprayproxy_http_forwarded_requests_total counter\n');
    expect(exposition).toContain('# TYPE sprayproxy_http_response_time_duration_seconds histogram\n');
    const names = [...(await scrape(metricsUrl)).keys()];
    expect(names.filter((name) => name.startsWith('sprayproxy_http_response_time'))).toEqual([
      ...['0.005', '0.05', '0.5', '5', '+Inf'].map(
        (bucket) => `sprayproxy_http_response_time_duration_seconds_bucket{le="${bucket}"}`,
      ),
      'sprayproxy_http_response_time_duration_seconds_sum',
      'sprayproxy_http_response_time_duration_seconds_count',
    ]);
    expect(names).toContain('process_resident_memory_bytes');
    expect(names).toContain('process_cpu_seconds_total');
    expect(names.find((name) => name.startsWith('sprayproxy_build_info'))).toMatch(
      /^sprayproxy_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"\}$/,
    );
  });
});
