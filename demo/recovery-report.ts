import { type DemoBackend } from './backend.js';
import { type Arrival, compare } from './comparison.js';
import { type Recovery } from './recovery.js';
import { faultLines } from './report.js';
import { type Column, grouped, renderTable } from './table.js';

/** What became of webhooks that happened before and while nobody took them: a table, and what went wrong, a line each. */
export function recoveryReport(
  recovery: Recovery,
  backends: readonly DemoBackend[],
): { readonly table: string; readonly faults: readonly string[] } {
  const { sent, requests } = recovery;
  const arrivals = backends.map((backend) => compare(sent, backend));
  const [served, missed] = [sent.slice(0, 1), sent.slice(1)];
  const wronglyAsked = sent.flatMap(({ event, guid }, at) =>
    requests[at] === (at === 0 ? 0 : 1)
      ? []
      : [`${event} ${guid}: GitHub was asked for it ${requests[at] ?? 0} times`],
  );
  return {
    table: recoveryTable(recovery, arrivals),
    faults: [...faultLines(served, [], '200'), ...faultLines(missed, arrivals, 'none'), ...wronglyAsked],
  };
}

/** One row per webhook, in the order in which they happened, and the total. */
function recoveryTable({ sent, requests, startedAt }: Recovery, arrivals: readonly Arrival[][]): string {
  const columns: Column[] = [
    { title: 'event', align: 'left' },
    { title: 'bytes', align: 'right' },
    { title: 'first answer', align: 'left' },
    { title: 'asked for', align: 'right' },
    ...arrivals.flatMap((atBackend) => {
      const group = atBackend[0]?.backend ?? '';
      return [
        { title: 'intact', group, align: 'right' as const },
        { title: 'ms after start', group, align: 'right' as const },
      ];
    }),
  ];
  const rows = sent.map(({ event, payload, answer, sentAt }, at) => [
    event,
    grouped(payload.length),
    answer,
    String(requests[at] ?? 0),
    ...arrivals.flatMap((atBackend) => {
      const { tookMs, faults } = atBackend[at] ?? {};
      const arrivedMs = tookMs === undefined ? undefined : sentAt + tookMs - startedAt;
      return [
        faults?.length === 0 ? 'yes' : 'no',
        arrivedMs === undefined || arrivedMs < 0 ? '-' : arrivedMs.toFixed(0),
      ];
    }),
  ]);
  const intact = (atBackend: readonly Arrival[]) =>
    `${atBackend.filter(({ faults }) => faults.length === 0).length}/${sent.length}`;
  const bytes = sent.reduce((sum, { payload }) => sum + payload.length, 0);
  const asked = requests.reduce((sum, count) => sum + count, 0);
  const ends = arrivals.flatMap((atBackend) => [intact(atBackend), '']);
  return renderTable(columns, rows, [`total of ${sent.length}`, grouped(bytes), '', String(asked), ...ends]);
}
