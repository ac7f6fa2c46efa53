import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type DeliveryList } from '../../src/deliveries/delivery-view.js';
import { onCleanup } from '../support/cleanup.js';
import { startPostgres } from '../support/postgres/start-postgres.js';
import { ReplicaSet } from '../support/replicas/replica-set.js';
import { TimedBackend } from '../support/replicas/timed-backend.js';
import { send, sendWebhook } from '../support/send-webhook.js';
import { makeTempDir } from '../support/temp-dir.js';

const SIZE_MIB = 320;
const LEFT_MIB = 24;
const PAYLOAD_BYTES = 1024 * 1024;

/** A file system of its own, which only root can make. */
function smallDisk(): string {
  const dir = makeTempDir();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', dir]);
  onCleanup(() => {
    execFileSync('umount', ['-l', dir]);
  });
  chmodSync(dir, 0o755);
  return dir;
}

const asRoot = process.getuid?.() === 0 ? it : it.skip;

asRoot(
  'a full disk of the database loses nothing that was acknowledged, and is got over by itself',
  async () => {
    const disk = smallDisk();
    const server = await startPostgres({ parent: disk });
    const backend = await TimedBackend.start(undefined, () => 'refused');
    const replicas = await ReplicaSet.start(await server.freshDatabase(), { backends: [backend.url] });
    const { bavail, bsize } = statfsSync(disk);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(bavail * bsize - LEFT_MIB * 1024 * 1024));

    const acknowledged: string[] = [];
    const statuses = new Set<number>();
    while (!statuses.has(503)) {
      const guid = randomUUID();
      const { status } = await sendWebhook(replicas.url(0), randomBytes(PAYLOAD_BYTES), { guid });
      statuses.add(status);
      if (status === 202) acknowledged.push(guid);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    rmSync(filler);
    // A server that cannot write its log any more ends.
    await server.stop('immediate').catch(() => undefined);
    await server.start();

    backend.mood = () => 'taken';
    await backend.hasTaken(acknowledged.length);
    const owed = async () => {
      const { text } = await send(replicas.url(1), { method: 'GET', path: '/deliveries?state=owed' });
      return (JSON.parse(text) as DeliveryList).deliveries.length;
    };
    while ((await owed()) > 0);
    const twice = [...backend.taken].filter(([, times]) => times.length > 1);
    expect(twice).toEqual([]);
    expect(acknowledged.filter((guid) => !backend.taken.has(guid))).toEqual([]);
  },
  300_000,
);
