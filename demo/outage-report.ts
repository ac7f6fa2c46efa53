import { type DemoBackend } from './backend.js';
import { type Arrival, compare } from './comparison.js';
import { type Outage } from './outage.js';
import { faultLines } from './report.js';
import { type Column, grouped, renderTable } from './table.js';

/** What became of webhooks at a backend that was up and at one that was stopped: a table, and what went wrong, a line each. */
export function outageReport(
  broken: Outage,
  [up, stopped]: readonly [DemoBackend, DemoBackend],
): { readonly table: string; readonly faults: readonly string[] } {
  const arrivals = [compare(broken.sent, up), compare(broken.sent, stopped)] as const;
  const order = stopped.received
    .map(({ headers }) => String(headers['x-github-delivery']))
    .filter((guid) => broken.sent.some((webhook) => webhook.guid === guid));
  return {
    table: outageTable(broken, arrivals, order),
    faults: [...faultLines(broken.sent, arrivals, '202 accepted'), ...orderFaults(broken, stopped, order)],
  };
}

/** One row per webhook, in the order they were sent, and the total. */
function outageTable(
  { sent, backAt, replicas = [] }: Outage,
  [up, down]: readonly [Arrival[], Arrival[]],
  order: readonly string[],
): string {
  const columns: Column[] = [
    { title: 'event', align: 'left' },
    { title: 'bytes', align: 'right' },
    ...(replicas.length > 0 ? [{ title: 'replica', align: 'right' as const }] : []),
    { title: 'answer', align: 'left' },
    { title: 'intact', group: up[0]?.backend ?? '', align: 'right' },
    { title: 'ms', group: up[0]?.backend ?? '', align: 'right' },
    { title: 'intact', group: down[0]?.backend ?? '', align: 'right' },
    { title: 'place', group: down[0]?.backend ?? '', align: 'right' },
    { title: 'ms after it was back', group: down[0]?.backend ?? '', align: 'right' },
  ];
  const rows = sent.map(({ event, guid, payload, answer, sentAt }, at) => {
    const [first, later] = [up[at]?.tookMs, down[at]?.tookMs];
    return [
      event,
      grouped(payload.length),
      ...replicas.slice(at, at + 1),
      answer,
      yesOrNo(up[at]),
      first === undefined ? '-' : first.toFixed(1),
      yesOrNo(down[at]),
      order.includes(guid) ? `${order.indexOf(guid) + 1}` : '-',
      later === undefined ? '-' : (sentAt + later - backAt).toFixed(1),
    ];
  });
  const bytes = sent.reduce((sum, { payload }) => sum + payload.length, 0);
  const intact = (arrivals: readonly Arrival[]) =>
    `${arrivals.filter(({ faults }) => faults.length === 0).length}/${sent.length}`;
  const blank = replicas.length > 0 ? ['', ''] : [''];
  const total = [`total of ${sent.length}`, grouped(bytes), ...blank, intact(up), '', intact(down), '', ''];
  return renderTable(columns, rows, total);
}

/** Those that came at another place than they were sent at, a line each. */
function orderFaults({ sent }: Outage, { name }: DemoBackend, order: readonly string[]): string[] {
  return sent.flatMap(({ event, guid }, at) => {
    const place = order.indexOf(guid);
    return place < 0 || place === at
      ? []
      : [`${event} ${guid}: at ${name} it came at place ${place + 1} instead of ${at + 1}`];
  });
}

const yesOrNo = (arrival: Arrival | undefined): string => (arrival?.faults.length === 0 ? 'yes' : 'no');
