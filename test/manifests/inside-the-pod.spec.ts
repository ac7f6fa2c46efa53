import { dirname } from 'node:path/posix';

import { flags, portOf } from './support/flags.js';
import { base } from './support/kustomize.js';
import { present } from './support/present.js';

describe('inside the pod', () => {
  const manifests = base();
  const sidecars = manifests.containers().filter(({ name }) => name !== 'sprayproxy');
  const env = new Map(manifests.container('sprayproxy').env?.map(({ name, value }) => [name, value]));

  it('connects each sidecar to a listener of the program', () => {
    const host = present(env.get('SPRAYPROXY_SERVER_HOST'), 'SPRAYPROXY_SERVER_HOST');
    const upstreams = sidecars.map(({ args }) => flags(args).get('upstream'));
    expect(upstreams).toEqual([
      `http://${host}:${present(env.get('SPRAYPROXY_SERVER_PORT'), 'port')}/`,
      `http://${host}:${present(env.get('SPRAYPROXY_SERVER_METRICS_PORT'), 'metrics port')}/`,
    ]);
  });

  it('declares the ports that each sidecar opens', () => {
    for (const { args, ports } of sidecars) {
      const opened = flags(args);
      expect(ports?.map(({ containerPort }) => containerPort)).toEqual([
        portOf(opened.get('secure-listen-address')),
        Number(opened.get('proxy-endpoints-port')),
      ]);
    }
  });

  it('declares the port at which the program itself takes webhooks', () => {
    expect(manifests.container('sprayproxy').ports).toEqual([
      { name: 'webhooks', containerPort: Number(env.get('SPRAYPROXY_WEBHOOK_PORT')) },
    ]);
  });

  it('finds every file it is told of in a mounted directory', () => {
    const files = sidecars.flatMap((container) => {
      const given = flags(container.args);
      return [given.get('tls-cert-file'), given.get('tls-private-key-file')].map((file) => ({
        container,
        file,
      }));
    });
    const container = manifests.container('sprayproxy');
    for (const name of ['GH_APP_WEBHOOK_SECRET_FILE', 'SPRAYPROXY_WEBHOOK_CERT', 'SPRAYPROXY_WEBHOOK_KEY'])
      files.push({ container, file: env.get(name) });

    for (const {
      container: { volumeMounts },
      file,
    } of files) {
      const directories = volumeMounts?.map(({ mountPath }) => mountPath);
      expect(directories).toContain(dirname(present(file, 'file')));
    }
    const secret = manifests.pod().volumes?.find(({ name }) => name === 'webhook-secret')?.secret;
    expect(secret?.items?.map(({ path }) => `/etc/sprayproxy/${path}`)).toEqual([
      env.get('GH_APP_WEBHOOK_SECRET_FILE'),
    ]);
  });
});
