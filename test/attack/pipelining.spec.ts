import { readFileSync } from 'node:fs';

import { BackendServer } from '../support/backend-server.js';
import { scrape } from '../support/metrics.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { sendWebhook, sign } from '../support/send-webhook.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const signed = (payload: string) =>
  head('POST', '/proxy', { 'X-Hub-Signature-256': sign(payload), 'Content-Length': payload.length }) +
  payload;

it('serves what comes on one connection one by one', async () => {
  const answers: (() => void)[] = [];
  const backend = await BackendServer.start((_request, response) => {
    answers.push(() => response.writeHead(202).end());
  });
  const { port, metricsUrl } = await startSprayproxy({ backends: [backend.url] });
  const connection = await RawConnection.open(port);
  connection.write([1, 2, 3].map((n) => signed(`{"n":${n}}`)).join(''));
  for (let n = 1; n <= 3; n += 1) {
    await backend.receive(n);
    expect((await scrape(metricsUrl)).get('sprayproxy_http_inbound_requests_total')).toBe(n);
    answers[n - 1]?.();
    await connection.receive(new RegExp(`(proxied[^]*){${n}}`));
  }
  expect(backend.received.map(({ body }) => body.toString())).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
});

it('holds few of 10,000 webhooks on one connection: serves them in turn, or closes it', async () => {
  const backend = await BackendServer.start();
  const { port, url, program } = await startSprayproxy({ backends: [backend.url] });
  const connection = await RawConnection.open(port);
  const one = signed('{}');
  connection.write(one.repeat(10_000));
  await Promise.race([connection.closed, backend.receive(300)]);
  expect(await sendWebhook(url, '{}')).toMatchObject({ status: 200 });
  const status = readFileSync(`/proc/${program.process.pid ?? 0}/status`, 'utf8');
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(300);
});

it('closes a connection that goes on after one of its requests was refused', async () => {
  const backend = await BackendServer.start();
  const { port, url, metricsUrl } = await startSprayproxy({ backends: [backend.url] });
  const connection = await RawConnection.open(port);
  connection.write(head('POST', '/proxy', { 'Content-Length': 0 }).repeat(1000) + signed('{}'));
  await connection.closed;
  expect(connection.received.match(/HTTP\/1.1 400 /g)).toHaveLength(1);
  expect((await scrape(metricsUrl)).get('sprayproxy_http_inbound_requests_total')).toBe(1);
  expect(await sendWebhook(url, '{}')).toMatchObject({ status: 200 });
  expect(backend.received).toHaveLength(1);
});

it('a body in pieces of a byte leaves others their turn', async () => {
  const backend = await BackendServer.start();
  const { port, url } = await startSprayproxy({ backends: [backend.url] });
  const connection = await RawConnection.open(port);
  const payload = 'x'.repeat(200_000);
  connection.write(
    head('POST', '/proxy', { 'X-Hub-Signature-256': sign(payload), 'Transfer-Encoding': 'chunked' }),
  );
  connection.write(`${'1\r\nx\r\n'.repeat(payload.length)}0\r\n\r\n`);
  expect(await sendWebhook(url, '{}')).toMatchObject({ status: 200 });
  await connection.receive(/proxied$/);
});
