import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { checkEnvironment } from './environment.check.js';

const SECRET = { GH_APP_WEBHOOK_SECRET: 'a secret of the tests' };

const check = (environment: Record<string, string>) =>
  checkEnvironment(environment, SprayproxyConfig.read(environment).faults);

it('counts the variables it knows', () => {
  expect(check({ ...SECRET, SPRAYPROXY_SERVER_PORT: '', OTHER: 'y' })).toEqual([
    ['variables', { status: 'ok', detail: expect.stringMatching(/^1 of \d+ are set$/) as string }],
  ]);
});

it('tells of every fault, by name and never by value', () => {
  const found = check({ SPRAYPROXY_SERVER_PORT: 'eighty', SPRAYPROXY_MAX_REQUEST_SIZE: '-7' });
  expect(found.map(([subject, { status, detail }]) => [subject, status, detail])).toEqual([
    ['SPRAYPROXY_SERVER_PORT', 'fault', 'must be a whole number from 0 to 65535'],
    ['SPRAYPROXY_MAX_REQUEST_SIZE', 'fault', 'must be a whole number from 1 to 1073741824'],
    [
      'GH_APP_WEBHOOK_SECRET',
      'fault',
      'or GH_APP_WEBHOOK_SECRET_FILE must be set, unless SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY is true',
    ],
  ]);
  expect(JSON.stringify(found)).not.toMatch(/eighty|-7/);
});

it('warns of a name that it does not know', () => {
  expect(check({ ...SECRET, SPRAYPROXY_SERVER_BACKENDS: 'http://a' })).toEqual([
    ['SPRAYPROXY_SERVER_BACKENDS', expect.objectContaining({ status: 'warning' })],
    ['variables', expect.objectContaining({ status: 'ok' })],
  ]);
});

it('knows what Kubernetes sets for a Service', () => {
  const links = {
    SPRAYPROXY_PORT: 'tcp://10.0.0.1:443',
    SPRAYPROXY_SERVICE_HOST: '10.0.0.1',
    SPRAYPROXY_SERVICE_PORT: '443',
    SPRAYPROXY_SERVICE_PORT_HTTPS: '443',
    SPRAYPROXY_PORT_443_TCP: 'tcp://10.0.0.1:443',
    SPRAYPROXY_PORT_443_TCP_ADDR: '10.0.0.1',
    SPRAYPROXY_METRICS_PORT: 'tcp://10.0.0.2:9443',
    SPRAYPROXY_METRICS_PORT_9443_TCP_PROTO: 'tcp',
  };
  expect(check({ ...SECRET, ...links })).toHaveLength(1);
});
