import { freePorts } from '../../testing/free-ports.js';
import { untilReady } from '../process/until-ready.js';
import { type BackendSet, loopbackUrl } from './backend-set.js';
import { startNginx } from './nginx-process.js';

/** Backends that answer 200 at once, as cheaply as can be, so that what is measured is the contender. */
export async function nginxBackends(nginx: string, count: number): Promise<BackendSet> {
  const ports = await freePorts(count);
  const listens = ports.map((port) => `listen 127.0.0.1:${port} backlog=1024;`).join(' ');
  const { child, stop } = startNginx(nginx, `server { ${listens} location / { return 200 "ok"; } }`);
  const urls = ports.map(loopbackUrl);
  try {
    await untilReady(urls[0] as string, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, stop };
}
