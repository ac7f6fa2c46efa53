import { scrape } from '../support/metrics.js';
import { head, RawConnection } from '../support/raw-connection.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const REQUESTS = 500;

it('writes ten lines a second of a kind, then counts', async () => {
  const { port, program, metricsUrl } = await startSprayproxy();
  const unsigned = head('POST', '/proxy', { 'Content-Length': 0 });
  const senders = await Promise.all(Array.from({ length: REQUESTS }, () => RawConnection.open(port)));
  for (const sender of senders) sender.write(unsigned);
  await Promise.all(senders.map((sender) => sender.receive(/bad request$/)));
  const counted = await program.line(({ more }) => typeof more === 'number');
  expect(counted).toMatchObject({ level: 'warn', reason: 'signature' });
  expect(counted.msg).toMatch(/^webhook rejected … and [\d,]+ more$/);
  const metrics = await scrape(metricsUrl);
  expect(metrics.get('sprayproxy_webhooks_rejected_total{reason="signature"}')).toBe(REQUESTS);
});
