import { open } from 'lmdb';
import { createHash } from 'node:crypto';

import { type Forward, newForward } from '../../src/model/forward.js';

const GUID = 'guid';
const LONG_GUID = 'g'.repeat(129);

const sha256 = (data: string | Buffer) => createHash('sha256').update(data);

const attempted = (backend: string, state: Forward['state'], more: Partial<Forward> = {}): Forward => ({
  ...newForward(backend),
  attemptCount: 1,
  attempts: [{ at: 1, outcome: 'unknown', durationMs: 2 }],
  unknownCount: 1,
  state,
  ...more,
});

export const VERSION_1_DELIVERIES = [
  [1, GUID, [newForward('http://a'), attempted('http://b', 'rejected'), attempted('http://c', 'accepted')]],
  [2, undefined, [attempted('http://a', 'dead', { reason: 'too old' }), attempted('http://b', 'accepted')]],
  [3, LONG_GUID, [attempted('http://a', 'owed', { runningSince: 7 })]],
  [5, GUID, [newForward('http://a'), newForward('http://b')]],
] as const;

export const version1Payload = (id: number): Buffer => Buffer.alloc(1000 * id, id);

export const version1Delivery = (id: number, guid: string | undefined) => ({
  id,
  ...(guid !== undefined && { guid }),
  receivedAt: id,
  query: '',
  rawHeaders: ['X-GitHub-Event', 'push'],
  payloadBytes: version1Payload(id).length,
  payloadDigest: sha256(version1Payload(id)).digest('base64'),
});

/** Writes what the program wrote when version 1 of the layout was its own. */
export async function writeVersion1Spool(dir: string): Promise<void> {
  const root = open({
    path: dir,
    noSubdir: false,
    maxDbs: 8,
    overlappingSync: false,
    eventTurnBatching: false,
  });
  const state = root.openDB<number, string>('state', {});
  const deliveries = root.openDB<unknown, number>('deliveries', {});
  const payloads = root.openDB<Buffer, number>('payloads', { encoding: 'binary' });
  const owed = root.openDB<string, [string, number]>('owed', {});
  const dead = root.openDB<string, [string, number]>('dead', {});
  const running = root.openDB<true, number>('running', {});
  const guids = root.openDB<true, [string, number]>('guids', {});
  const backends = root.openDB<string, string>('backends', {});
  const digest = (backend: string) => sha256(backend).digest('base64url');

  let bytes = 0;
  for (const [id, guid, forwards] of VERSION_1_DELIVERIES) {
    deliveries.putSync(id, { delivery: version1Delivery(id, guid), forwards });
    payloads.putSync(id, version1Payload(id));
    if (guid !== undefined && guid.length <= 128) guids.putSync([guid, id], true);
    for (const forward of forwards) {
      if (forward.state === 'owed') owed.putSync([digest(forward.backend), id], forward.backend);
      if (forward.state === 'dead') dead.putSync([digest(forward.backend), id], forward.backend);
      if (forward.runningSince !== undefined) running.putSync(id, true);
    }
    bytes += version1Payload(id).length + 4096;
  }
  backends.putSync(digest('http://a'), 'http://a');
  state.putSync('version', 1);
  state.putSync('bytes', bytes);
  state.putSync('lastId', 6);
  await root.close();
}
