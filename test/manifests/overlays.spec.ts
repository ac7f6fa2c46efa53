import { overlay } from './support/kustomize.js';

/** One attempt at a backend takes up to 15 s, after reading the webhook, up to 10 s. */
const LONGEST_ANSWER_SECONDS = 15 + 10;
const MAX_REQUEST_MIB = 25;

describe('openshift', () => {
  const manifests = overlay('openshift');
  const { spec, metadata } = manifests.one('Route', 'sprayproxy');

  it('encrypts again behind the router, and answers no plain HTTP', () => {
    expect(spec.tls).toEqual({ termination: 'reencrypt', insecureEdgeTerminationPolicy: 'None' });
    expect(metadata.annotations?.['haproxy.router.openshift.io/hsts_header']).toBe(
      'max-age=31536000;includeSubDomains',
    );
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

  it('speaks TLS to the sidecar', () => {
    expect(setting('backend-protocol')).toBe('HTTPS');
  });

  it('leaves judging size and time to the program', () => {
    expect(Number(setting('proxy-body-size')?.replace(/m$/, ''))).toBeGreaterThan(MAX_REQUEST_MIB);
    expect(Number(setting('proxy-read-timeout'))).toBeGreaterThan(LONGEST_ANSWER_SECONDS);
  });

  it('asks for a certificate of the host it answers for', () => {
    const host = spec?.rules?.[0]?.host;
    expect(spec?.tls).toEqual([{ hosts: [host], secretName: 'sprayproxy-ingress-tls' }]);
    expect(manifests.one('Certificate', 'sprayproxy-ingress-tls').spec.dnsNames).toEqual([host]);
  });
});

describe('qe', () => {
  const manifests = overlay('qe');

  it('registers backends at run time, in one replica', () => {
    expect(manifests.container('sprayproxy').env).toContainEqual({
      name: 'SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS',
      value: 'true',
    });
    expect(manifests.statefulSet().replicas).toBe(1);
  });
});
