import { documentedVariables } from '../../src/config/environment-variables.js';
import { type Manifests, overlay } from './support/kustomize.js';

/** One attempt at a backend takes up to 15 s, after reading the webhook, up to 10 s. */
const LONGEST_ANSWER_SECONDS = 15 + 10;
const MAX_REQUEST_BYTES = Number(documentedVariables.get('SPRAYPROXY_MAX_REQUEST_SIZE')?.default);

/** What leads in from outside, as `path -> service port`. */
const doors = (manifests: Manifests): string[] => [
  ...manifests
    .every('Route')
    .map(({ spec }) => `${spec.path ?? ''} -> ${spec.to.name} ${spec.port?.targetPort ?? ''}`),
  ...manifests
    .every('Ingress')
    .flatMap(({ spec }) => spec?.rules?.flatMap(({ http }) => http?.paths ?? []) ?? [])
    .map(({ path, backend: { service } }) => [path, '->', service?.name, service?.port?.name].join(' ')),
];

describe('openshift', () => {
  const manifests = overlay('openshift');
  const { spec, metadata } = manifests.one('Route', 'sprayproxy');

  it('encrypts again behind the router, and answers no plain HTTP', () => {
    expect(spec.tls).toEqual({ termination: 'reencrypt', insecureEdgeTerminationPolicy: 'None' });
    expect(metadata.annotations?.['haproxy.router.openshift.io/hsts_header']).toBe(
      'max-age=31536000;includeSubDomains',
    );
  });

  it('opens the door for webhooks alone', () => {
    expect(doors(manifests)).toEqual([' -> sprayproxy webhooks']);
  });

  it('waits for the program longer than the program waits for a backend', () => {
    const timeout = metadata.annotations?.['haproxy.router.openshift.io/timeout'];
    expect(Number(timeout?.replace(/s$/, ''))).toBeGreaterThan(LONGEST_ANSWER_SECONDS);
  });

  it('has a certificate made for each Service that is called', () => {
    const made = manifests
      .every('Service')
      .filter(({ spec }) => spec?.ports !== undefined)
      .map((service) => service.metadata.annotations?.['service.beta.openshift.io/serving-cert-secret-name']);
    expect(made).toEqual(['sprayproxy-tls', 'sprayproxy-metrics-tls']);
  });

  it('registers no backends at run time', () => {
    const names = manifests.container('sprayproxy').env?.map(({ name }) => name);
    expect(names).not.toContain('SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS');
  });
});

describe('kubernetes', () => {
  const manifests = overlay('kubernetes');
  const { spec, metadata } = manifests.one('Ingress', 'sprayproxy');
  const setting = (name: string) => metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`];

  it('opens exactly the webhook and the health check', () => {
    const paths = spec?.rules?.flatMap(({ http }) => http?.paths ?? []);
    expect(paths?.map(({ path, pathType }) => [path, pathType])).toEqual([
      ['/proxy', 'Exact'],
      ['/healthz', 'Exact'],
    ]);
  });

  it('speaks TLS to the program', () => {
    expect(setting('backend-protocol')).toBe('HTTPS');
  });

  it('leaves judging size and time to the program, which hears of a byte too many', () => {
    const [, mib] = /^(\d+)m$/.exec(setting('proxy-body-size') ?? '') ?? [];
    expect(Number(mib) * 1024 ** 2).toBeGreaterThan(MAX_REQUEST_BYTES + 1);
    // Else nginx goes on sending what it has on its disk to a program that has answered.
    expect(setting('proxy-request-buffering')).toBe('off');
    expect(Number(setting('proxy-read-timeout'))).toBeGreaterThan(LONGEST_ANSWER_SECONDS);
  });

  it('opens nothing that asks for a token', () => {
    expect(spec?.defaultBackend).toBeUndefined();
    expect(doors(manifests)).toEqual(['/proxy -> sprayproxy webhooks', '/healthz -> sprayproxy webhooks']);
  });

  it('asks for a certificate of the host it answers for', () => {
    const host = spec?.rules?.[0]?.host;
    expect(spec?.tls).toEqual([{ hosts: [host], secretName: 'sprayproxy-ingress-tls' }]);
    expect(manifests.one('Certificate', 'sprayproxy-ingress-tls').spec.dnsNames).toEqual([host]);
  });
});

describe('qe', () => {
  const manifests = overlay('qe');

  it('opens the sidecar as well, for /backends', () => {
    expect(doors(manifests)).toEqual([' -> sprayproxy webhooks', '/backends -> sprayproxy proxy']);
    const [webhooks, backends] = manifests.every('Route').map(({ spec }) => [spec.tls, spec.wildcardPolicy]);
    expect(backends).toEqual(webhooks);
  });

  it('registers backends at run time, in one replica', () => {
    expect(manifests.container('sprayproxy').env).toContainEqual({
      name: 'SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS',
      value: 'true',
    });
    expect(manifests.statefulSet().replicas).toBe(1);
  });
});
