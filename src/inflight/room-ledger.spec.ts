import { isSmall, MAX_SMALL_BYTES, RoomLedger } from './room-ledger.js';

const MIB = 1024 * 1024;
/** Of 16 MiB, 2 are kept for small payloads. */
const [MAX, LARGEST, KEPT] = [16 * MIB, 8 * MIB, 2 * MIB];

const ledgerWith = (spoken: { small?: number; large?: number }): RoomLedger => {
  const ledger = new RoomLedger(MAX, LARGEST);
  ledger.speakFor(spoken.small ?? 0, true);
  ledger.speakFor(spoken.large ?? 0, false);
  return ledger;
};

it.each([
  [MAX_SMALL_BYTES - 1, true],
  [MAX_SMALL_BYTES, true],
  [MAX_SMALL_BYTES + 1, false],
])('%i bytes are small: %j', (bytes, small) => {
  expect(isSmall(bytes)).toBe(small);
});

it.each([
  ['a large one fills all but what is kept', {}, MAX - KEPT, false, false, true],
  ['a large one gets nothing of what is kept', {}, MAX - KEPT + 1, false, false, false],
  ['a large one gets what small ones have left of it', { small: KEPT }, MAX - KEPT, false, false, true],
  ['a large one waits behind who came before', {}, 2 * MIB, false, true, false],
  ['a small one has its part though others wait', { large: MAX - KEPT }, MIB, true, true, true],
  ['a small one has all that is free', { small: KEPT }, MAX - KEPT, true, false, true],
  ['a small one waits once its part is gone', { small: KEPT }, 1, true, true, false],
  ['there is never more than all', { small: MAX - 1 }, 2, true, false, false],
])('%s', (_rule, spoken, bytes, small, othersWait, fits) => {
  expect(ledgerWith(spoken).fits(bytes, small, othersWait)).toBe(fits);
});

it.each([
  [MAX, 2 * MIB, MAX - KEPT],
  // Where the largest is nearly all, nothing of it is kept from it.
  [MAX, MAX - 1, MAX - 1],
])('of %i bytes, with payloads of up to %i, a large one gets %i at most', (max, largest, most) => {
  expect(new RoomLedger(max, largest).atMost(2 * MAX)).toBe(most);
});

it('small ones may pass until their part is gone', () => {
  expect(ledgerWith({ small: KEPT - 1 }).smallMayPass).toBe(true);
  expect(ledgerWith({ small: KEPT }).smallMayPass).toBe(false);
});

it('what is given back can be had again', () => {
  const ledger = ledgerWith({ large: MAX - KEPT });
  ledger.speakFor(-MIB, false);
  expect(ledger.spokenBytes).toBe(MAX - KEPT - MIB);
  expect(ledger.fits(MIB, false, false)).toBe(true);
});
