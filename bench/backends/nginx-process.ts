import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Child } from '../../testing/child.js';
import { type Cgroup } from '../process/cgroup.js';
import { tempDir } from '../process/temp-dir.js';
import { stopWholly } from '../process/until-gone.js';

/** Nginx with one worker, in a directory of its own. */
export interface NginxProcess {
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

/** Bodies up to this size are kept in memory. */
const BODY_BUFFER = '2m';

/** @param http what stands in the http block beside what every use of it here shares. */
export function startNginx(nginx: string, http: string, limit?: Cgroup): NginxProcess {
  const directory = tempDir();
  const prefix = directory.path;
  mkdirSync(join(prefix, 'temp'));
  writeFileSync(join(prefix, 'nginx.conf'), config(prefix, http));
  const command = [nginx, '-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'] as const;
  const child = Child.start(limit?.wrap(command) ?? command);
  return {
    child,
    stop: async () => {
      await stopWholly(child);
      directory.remove();
    },
  };
}

const config = (prefix: string, http: string): string => `
daemon off;
${process.getuid?.() === 0 ? 'user root root;' : ''}
worker_processes 1;
worker_rlimit_nofile 32768;
pid ${prefix}/nginx.pid;
error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_buffer_size ${BODY_BUFFER};
  client_max_body_size 30m;
  keepalive_timeout 60s;
  keepalive_requests 100000000;
  client_body_temp_path ${prefix}/temp/body;
  proxy_temp_path ${prefix}/temp/proxy;
  fastcgi_temp_path ${prefix}/temp/fastcgi;
  uwsgi_temp_path ${prefix}/temp/uwsgi;
  scgi_temp_path ${prefix}/temp/scgi;
${http}
}
`;
