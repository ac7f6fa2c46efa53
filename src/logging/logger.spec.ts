import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { captureLog } from '../../test/support/captured-log.js';
import { makeTempDir } from '../../test/support/temp-dir.js';
import { LineWriter } from './line-writer.js';
import { createLogger, endLog } from './logger.js';
import { NestLogger } from './nest-logger.js';

/** RFC 3339, in UTC. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe('a log line', () => {
  it.each(['debug', 'info', 'warn', 'error', 'fatal'] as const)(
    'is one JSON object with service, audit, level %s and an RFC 3339 time',
    (level) => {
      const { logger, lines, text } = captureLog();
      logger[level]({ backends: 2 }, 'delivery\nproxied');
      expect(text()).toMatch(/^\{[^\n]*\}\n$/);
      expect(lines()).toEqual([
        {
          level,
          time: expect.stringMatching(TIME) as string,
          service: 'sprayproxy',
          audit: 'true',
          backends: 2,
          msg: 'delivery\nproxied',
        },
      ]);
    },
  );

  it('has the time of now', () => {
    jest.useFakeTimers({ now: Date.UTC(2024, 1, 29, 23, 59, 59, 7) });
    const { logger, lines } = captureLog();
    logger.info('now');
    jest.useRealTimers();
    expect(lines()).toMatchObject([{ time: '2024-02-29T23:59:59.007Z' }]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error', 'fatal']],
    ['info', ['info', 'warn', 'error', 'fatal']],
    ['error', ['error', 'fatal']],
    ['silent', []],
  ])('is written from level %s on', (level, written) => {
    const { logger, lines } = captureLog(level);
    for (const name of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[name](name);
    expect(lines().map(({ msg }) => msg)).toEqual(written);
  });

  it('says of an error what it was', () => {
    const { logger, lines } = captureLog();
    logger.error({ err: new TypeError('oh') }, 'unexpected error');
    expect(lines()).toMatchObject([
      { err: { type: 'TypeError', message: 'oh', stack: expect.any(String) as string } },
    ]);
  });
});

describe('what the framework has to say', () => {
  it.each([
    ['log', 'debug'],
    ['debug', 'debug'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'fatal'],
  ] as const)('with %s, is logged at %s', (method, level) => {
    const { logger, lines } = captureLog();
    new NestLogger(logger)[method]('Mapped {/proxy, POST} route', 'RouterExplorer');
    expect(lines()).toMatchObject([{ level, msg: 'Mapped {/proxy, POST} route', service: 'sprayproxy' }]);
    expect(JSON.stringify(lines())).toContain('RouterExplorer');
  });
});

describe('the end of the log', () => {
  it('comes when the lines are written that came during a write', async () => {
    const path = join(makeTempDir(), 'log');
    const logger = createLogger('info', new LineWriter(openSync(path, 'w')));
    const long = 'x'.repeat(64 * 1024);
    logger.info(long);
    logger.info('last');
    await new Promise<void>((resolve) => {
      endLog(logger, resolve);
    });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([long, 'last']);
  });
});
