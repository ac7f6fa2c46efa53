import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { charted, type Values } from './support/chart.js';
import { CHART } from './support/helms.js';
import { valuesOf } from './support/installations.js';

const DEFAULTS = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Values;

/** These hold words of the user's own, or of Kubernetes. */
const OPEN = ['ingress.annotations', 'monitoring.labels', 'resources'];

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value by its path, as `spool.file.size`. */
const paths = (values: Values, above = ''): string[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const path = `${above}${key}`;
    return isMap(value) && !OPEN.includes(path) ? paths(value, `${path}.`) : [path];
  });

/** `{a: {b: value}}` of `a.b`. */
const at = (path: string, value: unknown): Values =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;

function merged(one: Values, other: Values): Values {
  const both = Object.entries(other).map(([key, value]) => {
    const before = one[key];
    return [key, isMap(before) && isMap(value) ? merged(before, value) : value] as const;
  });
  return { ...one, ...Object.fromEntries(both) };
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const PEER = { namespaceSelector: { matchLabels: { its: 'peer' } } };
const POSTGRES = { spool: { type: 'postgres' } };
const CLOSED = { networkPolicy: { closed: true } };
const SCRAPED = { monitoring: { serviceMonitor: true, rules: true } };
const OPENSHIFT = { platform: 'openshift' };

/** For each value: another one, what must be said with it to matter, and what is then among the objects. */
const CHANGES: Record<string, { to: unknown; beside?: Values; has: string | RegExp }> = {
  platform: { to: 'openshift', has: '"Route"' },
  'image.repository': { to: 'r.example.org/it', has: '"image":"r.example.org/it:' },
  'image.tag': { to: '9.9', has: /"image":"[^"]+:9\.9"/ },
  'image.digest': { to: DIGEST, has: new RegExp(`"image":"quay[^":]+@${DIGEST}"`) },
  'image.pullSecrets': { to: ['pull'], has: '"imagePullSecrets":[{"name":"pull"}]' },
  backends: {
    to: ['https://a.example.org events=push repositories=org/*', 'https://b.example.org'],
    has: '"https://a.example.org events=push repositories=org/* https://b.example.org"',
  },
  dynamicBackends: { to: true, has: '"name":"SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS","value":"true"' },
  deliveries: { to: false, has: /^(?!.*(_ENABLE_DELIVERIES|operator))/ },
  drainRate: { to: null, has: '{"name":"SPRAYPROXY_DRAIN_RATE","value":"off"}' },
  shutdownDelaySeconds: {
    to: 20,
    has: /"terminationGracePeriodSeconds":100,.*"SPRAYPROXY_SHUTDOWN_DELAY","value":"20s"/,
  },
  'webhookSecret.name': { to: 'mine', has: '"secretName":"mine","items":[{"key":"webhook-secret"' },
  'webhookSecret.key': { to: 'mine', has: '"items":[{"key":"mine","path":"webhook-secret"}]' },
  'webhookSecret.value': {
    to: 'sixteen letters!',
    has: '"data":{"webhook-secret":"c2l4dGVlbiBsZXR0ZXJzIQ=="}',
  },
  replicas: { to: 3, has: '"replicas":3' },
  'spool.type': { to: 'none', has: '"name":"SPRAYPROXY_SPOOL_URL","value":"off"' },
  'spool.file.size': { to: '50Gi', has: '"storage":"50Gi"' },
  'spool.file.storageClass': { to: 'fast', has: '"storageClassName":"fast"' },
  'spool.postgres.existingSecret': {
    to: 'db',
    beside: POSTGRES,
    has: /"secretKeyRef":{"name":"db","key":"url"}.*"secretName":"db","items":\[{"key":"ca.crt"/,
  },
  'spool.postgres.key': { to: 'uri', beside: POSTGRES, has: '"key":"uri"' },
  'recovery.enabled': { to: true, has: '"name":"GH_APP_PRIVATE_KEY_FILE"' },
  'recovery.existingSecret': {
    to: 'app',
    beside: { recovery: { enabled: true } },
    has: /"secretKeyRef":{"name":"app","key":"app-id"}.*"secretName":"app"/,
  },
  'certificates.by': { to: 'existing', has: /^(?!.*"Issuer")(?=.*"secretName":"sprayproxy-tls")/ },
  'certificates.secret': { to: 'tls', has: /("secretName":"tls".*){2}/ },
  'certificates.metricsSecret': {
    to: 'tls',
    beside: SCRAPED,
    has: /(?=.*"ca":{"secret":{"name":"tls")("secretName":"tls".*){2}/,
  },
  'route.enabled': { to: false, beside: OPENSHIFT, has: /^(?!.*"Route")/ },
  'route.host': {
    to: 'h.example.org',
    beside: { ...OPENSHIFT, dynamicBackends: true },
    has: /("host":"h.example.org".*){2}/,
  },
  'ingress.enabled': { to: false, has: /^(?!.*("Ingress","metadata|"ClusterIssuer"))/ },
  'ingress.className': { to: 'traefik', has: '"ingressClassName":"traefik"' },
  'ingress.host': { to: 'h.example.org', has: /(?=.*"host":"h.example.org").*("h.example.org"\].*){2}/ },
  'ingress.tlsSecret': { to: 'public', has: /("secretName":"public".*){2}/ },
  'ingress.clusterIssuer': { to: '', has: /^(?!.*"ClusterIssuer")/ },
  'ingress.annotations': { to: { its: 'own' }, has: /"annotations":{"its":"own",|,"its":"own"/ },
  'networkPolicy.closed': { to: true, has: '"k8s-app":"kube-dns"' },
  'networkPolicy.webhooksFrom': {
    to: [PEER],
    beside: CLOSED,
    has: /"port":8444}\],"from":\[{[^}]+"its":"peer"/,
  },
  'networkPolicy.metricsFrom': {
    to: [PEER],
    beside: CLOSED,
    has: /"port":9443}\],"from":\[{[^}]+"its":"peer"/,
  },
  'networkPolicy.backendsTo': { to: [PEER], has: /"port":6443}\],"to":\[{[^}]+"its":"peer"/ },
  'networkPolicy.extraEgress': { to: [{ ports: [{ port: 6432 }] }], has: '{"ports":[{"port":6432}]}]' },
  'monitoring.serviceMonitor': { to: true, has: '"ServiceMonitor"' },
  'monitoring.rules': { to: true, has: '"PrometheusRule"' },
  'monitoring.labels': {
    to: { release: 'prometheus' },
    beside: SCRAPED,
    has: /("labels":{"app.kubernetes.io\/part-of":"sprayproxy","release":"prometheus"}.*){2}/,
  },
  'monitoring.runbookUrl': {
    to: 'https://docs.example.org/it.md',
    beside: SCRAPED,
    has: /^(?!.*"runbook_url":"https:\/\/(?!docs.example.org\/it.md#))(?=.*"runbook_url")/,
  },
  'monitoring.grafanaUrl': {
    to: 'https://g.example.org/grafana',
    beside: SCRAPED,
    has: /^(?!.*"dashboard_url":"https:\/\/(?!g.example.org\/grafana\/d\/))(?=.*"dashboard_url")/,
  },
  'monitoring.dashboards': { to: true, has: '"sprayproxy-dashboard-overview"' },
  resources: { to: { limits: { memory: '512Mi' } }, has: '"memory":"512Mi"' },
  extraEnv: {
    to: [{ name: 'SPRAYPROXY_LOG_LEVEL', value: 'debug' }],
    has: '{"name":"SPRAYPROXY_LOG_LEVEL","value":"debug"}',
  },
  sidecarImage: { to: 'r.example.org/proxy:1', has: /("image":"r.example.org\/proxy:1".*){2}/ },
};

describe('values.yaml', () => {
  it('has no value that is not among these', () => {
    expect(paths(DEFAULTS).toSorted()).toEqual(Object.keys(CHANGES).toSorted());
  });

  it.each(Object.entries(CHANGES))('%s makes a difference', (path, { to, beside = {}, has }) => {
    const before = merged(valuesOf('kubernetes'), beside);
    const text = (values: Values) => JSON.stringify(charted(values).all);
    const pattern = typeof has === 'string' ? new RegExp(has.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : has;

    expect(text(before)).not.toMatch(pattern);
    expect(text(merged(before, at(path, to)))).toMatch(pattern);
  });
});
