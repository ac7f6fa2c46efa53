import { type DeliverySummary, type DeliveryView } from '../delivery-view.js';
import { deliveryTable, listTable } from './table.js';

const delivery: DeliverySummary = {
  id: '17',
  receivedAt: '2026-01-02T03:04:05.006Z',
  guid: 'guid\u001b[31m',
  payloadBytes: 2,
  payloadKept: true,
  forwards: [
    { backend: 'https://a.example.com', state: 'accepted', attemptCount: 0 },
    {
      backend: 'https://longer.example.com',
      state: 'owed',
      attemptCount: 12,
      runningSince: '2026-01-02T03:04:06.000Z',
      lastAttempt: { at: 'then', outcome: 'refused', durationMs: 1.5, error: 'no\nconnection' },
    },
  ],
};

it('a list has a line for each backend, safe for a terminal', () => {
  expect(listTable({ deliveries: [delivery], next: '17' }).split('\n')).toEqual([
    'ID  TIME                      GUID          EVENT  REPOSITORY  BACKEND                     STATE     STATUS   ATTEMPTS  LAST ERROR',
    '17  2026-01-02T03:04:05.006Z  guid\\x1b[31m  -      -           https://a.example.com       accepted  -        0',
    '                                                               https://longer.example.com  owed      running  12        no\\x0aconnection',
    'There are more: raise --limit, or filter.',
    '',
  ]);
});

it.each([
  [null, 'no deliveries\n'],
  ['17', 'no deliveries\nThere are more: raise --limit, or filter.\n'],
])('an empty list says so, next %p', (next, text) => {
  expect(listTable({ deliveries: [], next })).toBe(text);
});

it('a delivery without backends has a line too', () => {
  expect(listTable({ deliveries: [{ ...delivery, forwards: [] }], next: null }).split('\n')).toHaveLength(3);
});

it('one delivery has every attempt', () => {
  const view: DeliveryView = {
    ...delivery,
    forwards: delivery.forwards.map(({ lastAttempt, ...forward }) => ({
      ...forward,
      attempts: lastAttempt === undefined ? [] : [lastAttempt],
    })),
  };
  expect(deliveryTable(view).split('\n')).toEqual([
    'ID          17',
    'TIME        2026-01-02T03:04:05.006Z',
    'GUID        guid\\x1b[31m',
    'EVENT       -',
    'REPOSITORY  -',
    'REQUEST ID  -',
    'PAYLOAD     2 bytes, kept',
    '',
    'https://a.example.com: accepted, 0 attempts',
    '',
    'https://longer.example.com: owed, 12 attempts',
    '  an attempt is running since 2026-01-02T03:04:06.000Z',
    '  then  refused  -  1.5 ms  no\\x0aconnection',
    '',
  ]);
});
