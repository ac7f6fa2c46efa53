import { type OperationView } from '../operations/operation.js';
import { OperationProgress } from './operation-progress.js';

const operation = (done: number, waitingFor?: string[]): OperationView => ({
  id: '1',
  action: 'resend',
  filters: {},
  accepted: false,
  state: 'running',
  startedAt: '2026-01-02T03:04:05.006Z',
  total: { deliveries: 100, forwards: 100 },
  done,
  outcomes: {},
  ...(waitingFor !== undefined && { waitingFor }),
});

function shown(isTTY: boolean, ...operations: OperationView[]): string[] {
  const written: string[] = [];
  const progress = new OperationProgress({ isTTY, write: (text: string) => written.push(text) });
  for (const each of operations) progress.show(each);
  progress.end();
  return written;
}

it('is a bar on a terminal, which says who is waited for', () => {
  const bar = (filled: number) => `[${'#'.repeat(filled)}${' '.repeat(30 - filled)}]`;
  expect(shown(true, operation(0), operation(0), operation(50, ['https://a\u001b']), operation(100))).toEqual(
    [
      `\r${bar(0)} 0 of 100 forwards\u001b[K`,
      `\r${bar(15)} 50 of 100 forwards, waiting for https://a\\x1b\u001b[K`,
      `\r${bar(30)} 100 of 100 forwards\u001b[K`,
      '\n',
    ],
  );
});

it('is a line now and then elsewhere', () => {
  const operations = Array.from({ length: 101 }, (_, done) => operation(done));
  expect(shown(false, ...operations)).toEqual(
    Array.from({ length: 11 }, (_, tenth) => `${10 * tenth} of 100 forwards\n`),
  );
  expect(shown(false, operation(1), operation(2, ['https://a']), operation(2, ['https://a']))).toEqual([
    '1 of 100 forwards\n',
    '2 of 100 forwards, waiting for https://a\n',
  ]);
  const cancelled: OperationView = { ...operation(2), state: 'cancelled' };
  expect(shown(false, operation(1), operation(2), cancelled)).toEqual([
    '1 of 100 forwards\n',
    '2 of 100 forwards\n',
  ]);
});
