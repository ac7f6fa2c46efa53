import { calledCommand, SERVICE_OPTIONS, serviceVariables } from './command-line.js';
import { documentedVariables } from './environment-variables.js';
import { UsageError } from './usage-error.js';

describe('the command', () => {
  it.each([
    [[], undefined, []],
    [['--help'], undefined, ['--help']],
    [['server'], 'server', []],
    [['server', 'server', 'check'], 'server', ['server', 'check']],
    [['check', '--json'], 'check', ['--json']],
    [['--json', 'check'], 'check', ['--json']],
    [['--port', '8081', 'server'], 'server', ['--port', '8081']],
    [['--port=8081', 'server'], 'server', ['--port=8081']],
    [['--insecure-skip-tls-verify', 'server'], 'server', ['--insecure-skip-tls-verify']],
    [['foo'], 'foo', []],
    [[''], '', []],
    [['--', 'check'], 'check', ['--']],
  ])('of %j is %j', (args, name, rest) => {
    expect(calledCommand(args)).toEqual({ name, rest });
  });
});

describe('an option of the service', () => {
  it.each(Object.keys(SERVICE_OPTIONS))('--%s is a variable', (option) => {
    const [name] = Object.keys(serviceVariables([`--${option}=x`]));
    expect(documentedVariables.has(name ?? '')).toBe(true);
  });

  it.each([
    [['--port', '8081'], { SPRAYPROXY_SERVER_PORT: '8081' }],
    [['--port=8081', 'server'], { SPRAYPROXY_SERVER_PORT: '8081' }],
    [['--port', '1', '--port', '2'], { SPRAYPROXY_SERVER_PORT: '2' }],
    [['--port='], { SPRAYPROXY_SERVER_PORT: '' }],
    [['--host', '::1', 'stray'], { SPRAYPROXY_SERVER_HOST: '::1' }],
    [['--enable-dynamic-backends'], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' }],
    [['--enable-dynamic-backends=F'], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'F' }],
    [['--insecure-skip-tls-verify', 'false'], { SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: 'true' }],
    [
      ['--backend', 'http://a', '--backend=http://b,http://c'],
      { SPRAYPROXY_SERVER_BACKEND: 'http://a http://b http://c' },
    ],
    [['server', 'whatever'], {}],
  ])('%j sets %j', (args, variables) => {
    expect(serviceVariables(args)).toEqual(variables);
  });

  it.each([
    [['--colour'], 'unknown option --colour'],
    [['-p', '8081'], 'unknown option -p'],
    [['--Port', '8081'], 'unknown option --Port'],
    [['--toString'], 'unknown option --toString'],
    [['--max-request-size=1'], 'unknown option --max-request-size'],
    [['--port'], '--port needs a value'],
    [['--backend', '--port=1'], '--backend needs a value'],
    [['--a\u001b[31m'], 'unknown option --a\\x1b[31m'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => serviceVariables(args)).toThrow(new UsageError(message));
  });
});
