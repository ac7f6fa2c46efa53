/** Connections kept to each upstream: as many as wrk has to nginx, and room for what the mirrors add. */
const KEPT_CONNECTIONS = 64;

const PROXY = 'proxy_http_version 1.1; proxy_set_header Connection "";';

/** The http block of an nginx that sends a webhook to the first backend and, by mirror subrequests, to the others. */
export function mirrorConfig(port: number, backends: readonly string[]): string {
  const upstreams = backends.map(
    (url, at) =>
      `upstream b${at} { server ${new URL(url).host}; keepalive ${KEPT_CONNECTIONS}; keepalive_requests 100000000; }`,
  );
  const others = backends.slice(1).map((_, at) => at + 1);
  const locations = others.map(
    (at) => `location = /m${at} { internal; proxy_pass http://b${at}/; ${PROXY} }`,
  );
  return `
${upstreams.join('\n')}
server {
  listen 127.0.0.1:${port} backlog=1024;
  location = /healthz { return 200 "healthy"; }
  location = /proxy { ${others.map((at) => `mirror /m${at};`).join(' ')} proxy_pass http://b0/; ${PROXY} }
  ${locations.join('\n  ')}
}`;
}
