import { identityKey } from '../../model/identity.js';
import {
  type Forward,
  interruptedAttempt,
  isKept,
  isRunning,
  settle,
  type SettleRules,
} from '../../model/forward.js';
import { parsePauses, PAUSES_NOTE, pausesText } from '../../model/pause.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type DeliveryRecord, type StoredDelivery } from '../../model/stored-delivery.js';
import { toBackends } from '../../model/to-backends.js';
import { filtersIn, keepFilter } from '../backend-filters.js';
import { KEPT_FOR_GOOD } from '../notes.js';
import { type Spool } from '../spool.js';

const PAGE = 500;

/** What has been copied so far; deliveries, if not said otherwise. */
export interface CopyCount {
  readonly total: number;
  copied: number;
  /** They were there before, or have been and are over. */
  there: number;
  /** Of the copied: those whose id another delivery had; links to them have changed. */
  renumbered: number;
  /** Forwards whose attempt was cut off by the end of a process: its outcome is unknown. */
  interrupted: number;
  /** Ids of those whose payload is damaged in the source, or could not be read back. */
  readonly damaged: number[];
  /** Of the payloads. */
  bytes: number;
  /** Registered backends that were not there. */
  backends: number;
}

interface Options {
  readonly source: Spool;
  readonly target: Spool;
  readonly rules: SettleRules;
  /** Hears of each delivery that has been seen to. */
  readonly onProgress: (count: CopyCount) => void;
}

/**
 * Copies all that is kept, the registered backends and which are paused; the oldest first, since whoever uses the target sends it at once. What
 * is there is not copied twice: it can be begun again.
 * @throws SprayproxyError if a spool fails
 */
export async function copySpool(options: Options): Promise<CopyCount> {
  const { source, target, onProgress } = options;
  const backends = await copyBackends(source, target);
  await copyPauses(source, target);
  const ids = await idsIn(source);
  const count: CopyCount = { ...NOTHING, total: ids.length, damaged: [], backends };
  onProgress(count);
  for (const id of ids) {
    await copyDelivery(id, options, count);
    onProgress(count);
  }
  return count;
}

const NOTHING = { copied: 0, there: 0, renumbered: 0, interrupted: 0, bytes: 0 };

async function copyBackends(source: Spool, target: Spool): Promise<number> {
  const known = new Set(await target.registeredBackends());
  const missing = (await source.registeredBackends()).filter((url) => !known.has(url));
  const filters = await filtersIn(source);
  for (const url of missing) {
    for (const { key } of toBackends([url], 'registered')) await keepFilter(target, key, filters.get(key));
    await target.keepBackend(url);
  }
  return missing.length;
}

/** A backend that is paused is not to be sent what is copied; what the target says of one counts. */
async function copyPauses(source: Spool, target: Spool): Promise<void> {
  const pauses = parsePauses((await source.noted([PAUSES_NOTE])).get(PAUSES_NOTE));
  if (pauses.size === 0) return;
  for (let isMade = false; !isMade;) {
    const before = (await target.noted([PAUSES_NOTE])).get(PAUSES_NOTE);
    const text = pausesText(new Map([...pauses, ...parsePauses(before)]));
    isMade = await target.note({ name: PAUSES_NOTE, text, at: KEPT_FOR_GOOD }, before);
  }
}

/** Oldest first. */
async function idsIn(source: Spool): Promise<number[]> {
  const ids: number[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const page = await source.list(before, PAGE);
    for (const { delivery } of page) ids.push(delivery.id);
    const last = page.at(-1);
    if (last === undefined) return ids.reverse();
    before = last.delivery.id;
  }
}

async function copyDelivery(id: number, { source, target, rules }: Options, count: CopyCount): Promise<void> {
  const stored = await source.get(id);
  if (stored === undefined) return;
  const { delivery } = stored;
  const atId = (await target.get(id)) ?? (await target.past(id));
  const isThere = atId !== undefined && isSame(atId.delivery, delivery);
  const forwards = isThere ? [] : await missingIn(target, stored);
  if (!forwards.some(isKept)) {
    count.there += 1;
    return;
  }
  const payload = await payloadOf(source, id);
  if (payload === DAMAGED) count.damaged.push(id);
  if (payload === DAMAGED || payload === undefined) return;
  const { id: _id, ...record } = delivery;
  const copyId = atId === undefined ? id : target.nextId(Date.now());
  const ended = forwards.map((forward) => endedForward(forward, rules));
  await target.store({ delivery: record, forwards: ended }, payload, { id: copyId });
  // Whoever uses the target may have sent it by now.
  if ((await payloadOf(target, copyId)) === DAMAGED) count.damaged.push(id);
  count.copied += 1;
  count.bytes += payload.length;
  count.interrupted += forwards.filter(isRunning).length;
  if (copyId !== id) count.renumbered += 1;
}

/** The forwards to backends that the target knows nothing of for this delivery, whatever its id there. */
async function missingIn(target: Spool, { delivery, forwards }: StoredDelivery): Promise<readonly Forward[]> {
  const key = identityKey(delivery.guid, delivery.payloadDigest);
  if (!target.mayKnow(key)) return forwards;
  const found = (await target.find(key)).filter((other) => isSame(other.delivery, delivery));
  const known = new Set(found.flatMap((other) => other.forwards.map(({ backend }) => backend)));
  return forwards.filter(({ backend }) => !known.has(backend));
}

const isSame = (one: DeliveryRecord, other: DeliveryRecord): boolean =>
  one.guid === other.guid && one.payloadDigest === other.payloadDigest;

/** As after a crash: whoever has made the attempt is gone. */
const endedForward = (forward: Forward, rules: SettleRules): Forward =>
  isRunning(forward) ? settle(forward, interruptedAttempt(forward), rules) : forward;

const DAMAGED = Symbol('damaged');

/** Its digest has been checked. @returns `undefined`: there is no such delivery */
async function payloadOf(spool: Spool, id: number): Promise<Buffer | typeof DAMAGED | undefined> {
  try {
    return await spool.payload(id);
  } catch (error) {
    if (error instanceof SprayproxyError && error.code === 'payload-gone') return DAMAGED;
    throw error;
  }
}
