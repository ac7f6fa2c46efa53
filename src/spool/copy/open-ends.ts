import { SystemClock } from '../../clock/clock.js';
import { type SpoolDatabase, spoolPassword } from '../../config/spool-password.js';
import { type SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { shownDatabase } from '../../model/postgres-url.js';
import { openSpool } from '../lmdb/open.js';
import { visitSpool } from '../lmdb/peek.js';
import { openPostgresSpool } from '../postgres/open.js';
import { visitDatabase } from '../postgres/visit.js';
import { type Spool } from '../spool.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { CopyError } from './copy-error.js';

/**
 * Opens the spool that is to be copied. Nobody else may use it, since what they do meanwhile would be lost.
 * @throws CopyError, SpoolUnusableError
 */
export async function openSource(config: SprayproxyConfig): Promise<Spool> {
  const { spoolDir, spoolDatabase } = config;
  if (spoolDir !== undefined) {
    const { state } = await visitSpool(spoolDir);
    if (state === 'taken') throw new CopyError(`${spoolDir} is used by another process: stop that first`);
    if (state !== 'sound') throw new CopyError(`there is no spool in ${spoolDir}`);
  }
  if (spoolDatabase !== undefined) {
    const content = await contentOf(spoolDatabase);
    const place = shownDatabase(spoolDatabase.url);
    if (content === undefined) throw new CopyError(`there is no spool in ${place}`);
    if (content.replicas > 0) {
      throw new CopyError(`${place} is used by ${content.replicas} other processes: stop them first`);
    }
  }
  return openTarget(config);
}

/**
 * Opens the spool that is copied to, or begins it. A database may be in use; its replicas send what is copied as soon as it is
 * there, and are not to wait for this process to do so.
 * @throws CopyError, SpoolUnusableError
 */
export async function openTarget(config: SprayproxyConfig): Promise<Spool> {
  const spool = await open(config);
  const { unready } = spool;
  if (unready !== undefined) {
    await spool.close();
    throw new CopyError(`the database cannot be reached: ${unready}`);
  }
  await spool.retire();
  return spool;
}

async function open({
  spoolDir: dir,
  spoolDatabase,
  maxSpoolBytes: maxBytes,
  allowAsyncCommit,
  deliveriesMaxAgeMs: maxPastAgeMs,
}: SprayproxyConfig): Promise<Spool> {
  const clock = new SystemClock();
  if (dir !== undefined) return openSpool({ dir, maxBytes, clock });
  if (spoolDatabase === undefined) throw new CopyError('there is no spool to be had');
  const { url } = spoolDatabase;
  const password = spoolPassword(spoolDatabase);
  const onUnusable = () => undefined;
  return openPostgresSpool({ url, password, maxBytes, allowAsyncCommit, clock, maxPastAgeMs, onUnusable });
}

async function contentOf({ url, ...rest }: SpoolDatabase) {
  try {
    const password = spoolPassword({ url, ...rest });
    return (await visitDatabase({ url, password, allowAsyncCommit: true })).content;
  } catch (error) {
    if (error instanceof SpoolUnusableError) throw error;
    throw new CopyError(`${shownDatabase(url)} cannot be reached: ${(error as Error).message}`);
  }
}
