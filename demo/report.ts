import { type Arrival } from './comparison.js';
import { type SentWebhook } from './github.js';
import { type Column, grouped, renderTable } from './table.js';

const MAX_FAULTS = 20;

/** One row per event, in the order they were sent, and the total. */
export function eventTable(sent: readonly SentWebhook[], arrivals: readonly Arrival[][]): string {
  const columns: Column[] = [
    { title: 'event', align: 'left' },
    { title: 'webhooks', align: 'right' },
    { title: 'bytes', align: 'right' },
    { title: 'answer', align: 'left' },
    ...arrivals.flatMap((atBackend) => {
      const group = atBackend[0]?.backend ?? '';
      return [
        { title: 'intact', group, align: 'right' as const },
        { title: 'ms', group, align: 'right' as const },
      ];
    }),
  ];
  const row = (title: string, belongs: (webhook: SentWebhook) => boolean) => {
    const webhooks = sent.filter(belongs);
    const bytes = webhooks.reduce((sum, { payload }) => sum + payload.length, 0);
    const cells = arrivals.flatMap((atBackend) =>
      backendCells(atBackend.filter(({ webhook }) => belongs(webhook))),
    );
    return [title, String(webhooks.length), grouped(bytes), answers(webhooks), ...cells];
  };
  const events = [...new Set(sent.map(({ event }) => event))];
  return renderTable(
    columns,
    events.map((event) => row(event, (webhook) => webhook.event === event)),
    row(`total of ${events.length} events`, () => true),
  );
}

/** What went wrong, a line each; empty: every webhook reached every backend byte for byte and was answered `expected`. */
export function faultLines(
  sent: readonly SentWebhook[],
  arrivals: readonly Arrival[][],
  expected = '200 proxied',
): string[] {
  const title = ({ event, guid }: SentWebhook) => `${event} ${guid}`;
  const faults = [
    ...sent
      .filter(({ answer }) => answer !== expected)
      .map((webhook) => `${title(webhook)}: Sprayproxy answered ${webhook.answer}`),
    ...arrivals
      .flat()
      .flatMap(({ webhook, backend, faults: found }) =>
        found.length === 0 ? [] : [`${title(webhook)}: at ${backend} it ${found.join(', ')}`],
      ),
  ];
  const more = faults.length - MAX_FAULTS;
  return more > 0 ? [...faults.slice(0, MAX_FAULTS), `and ${more} more`] : faults;
}

function backendCells(arrivals: readonly Arrival[]): [string, string] {
  const intact = arrivals.filter(({ faults }) => faults.length === 0).length;
  const times = arrivals.flatMap(({ tookMs }) => tookMs ?? []);
  return [`${intact}/${arrivals.length}`, times.length === 0 ? '-' : median(times).toFixed(1)];
}

/** Their answer in full if they all got the same, else the different statuses. */
function answers(webhooks: readonly SentWebhook[]): string {
  const different = new Set(webhooks.map(({ answer }) => answer));
  if (different.has('200 proxied') && different.size === 1) return '200 proxied';
  const statuses = [...different].map((answer) => /^\d+/.exec(answer)?.[0] ?? 'none');
  return [...new Set(statuses)].join(', ');
}

/** @param values at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below = 0, above = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (below + above) / 2;
}
