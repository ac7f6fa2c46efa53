import { documentedVariables } from '../../src/config/environment-variables.js';
import { bootSprayproxy } from '../support/boot.js';
import { installCleanup } from '../support/cleanup.js';
import { githubHeaders, send } from '../support/send-webhook.js';
import { overlay } from './support/kustomize.js';
import { startNginx } from './support/nginx.js';

installCleanup();

const MAX_BYTES = Number(documentedVariables.get('SPRAYPROXY_MAX_REQUEST_SIZE')?.default);

/** The directives that ingress-nginx makes of the annotations, and those it always has. */
function directives(upstream: string): string {
  const annotations = overlay('kubernetes').one('Ingress', 'sprayproxy').metadata.annotations ?? {};
  const setting = (name: string) => annotations[`nginx.ingress.kubernetes.io/${name}`] ?? '';
  return `client_max_body_size ${setting('proxy-body-size')};
    client_body_buffer_size 8k;
    location / {
      proxy_request_buffering ${setting('proxy-request-buffering')};
      proxy_read_timeout ${setting('proxy-read-timeout')}s;
      proxy_buffering off;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host $http_host;
      proxy_next_upstream error timeout;
      proxy_pass ${upstream};
    }`;
}

it.each([
  ['the largest', MAX_BYTES, false, 200, 'proxied'],
  ['a byte more', MAX_BYTES + 1, false, 413, 'request body too large'],
  ['a byte more, in chunks', MAX_BYTES + 1, true, 413, 'request body too large'],
])('through nginx, %s is answered by the program', async (_what, bytes, inChunks, status, text) => {
  const { url } = await bootSprayproxy();
  const nginx = await startNginx(directives(url));
  const body = Buffer.alloc(bytes, 'a');
  const framing = inChunks ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': bytes };
  const headers = { ...githubHeaders(body), ...framing };
  const reply = await send(nginx, { method: 'POST', path: '/proxy', body, headers });
  expect([reply.status, reply.text.trim()]).toEqual([status, text]);
});
