import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Child } from '../../../testing/child.js';
import { freePort } from '../../../testing/free-ports.js';
import { onCleanup } from '../../support/cleanup.js';
import { makeTempDir } from '../../support/temp-dir.js';

/** Debian keeps it where only root's path leads. */
const DIRECTORIES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/**
 * Starts an nginx on the loopback interface until the end of the test.
 * @param server what stands in its one server block
 * @returns where it listens
 * @throws if it is not installed, or does not start.
 */
export async function startNginx(server: string): Promise<string> {
  const nginx = DIRECTORIES.map((directory) => join(directory, 'nginx')).find((path) => existsSync(path));
  if (nginx === undefined) throw new Error('install nginx: apt-get install nginx-light');
  const port = await freePort();
  const prefix = makeTempDir();
  mkdirSync(join(prefix, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `daemon off;
${process.getuid?.() === 0 ? 'user root root;' : ''}
pid ${prefix}/nginx.pid;
error_log stderr crit;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${prefix}/temp/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${String(port)};
    ${server}
  }
}
`,
  );
  const child = Child.start([nginx, '-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr']);
  onCleanup(() => child.stop());
  while (!(await listens(port))) {
    if (!child.running) throw new Error(`nginx ended: ${child.output}`);
    await delay(10);
  }
  return `http://127.0.0.1:${String(port)}`;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
