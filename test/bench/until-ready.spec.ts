import { untilReady } from '../../bench/process/until-ready.js';
import { LoopbackServer } from '../../testing/backend.js';
import { Child } from '../../testing/child.js';
import { onCleanup } from '../support/cleanup.js';

/** @param answers the status for each path, one after the other; the last is repeated. */
async function listening(answers: Readonly<Record<string, number[]>>): Promise<[LoopbackServer, string[]]> {
  const asked: string[] = [];
  const server = new LoopbackServer(({ url = '' }, response) => {
    asked.push(url);
    const [status = 404, ...more] = answers[url] ?? [];
    if (more.length > 0) answers[url]?.shift();
    response.writeHead(status).end();
  });
  await server.listen();
  onCleanup(() => server.stop());
  return [server, asked];
}

function started(...command: [string, ...string[]]): Child {
  const child = Child.start(command);
  onCleanup(() => child.stop());
  return child;
}

it.each([
  ['says so', { '/readyz': [200] }, ['/readyz']],
  ['is not yet, and then is', { '/readyz': [503, 503, 200] }, ['/readyz', '/readyz', '/readyz']],
  ['knows no readiness, and is healthy', { '/healthz': [500, 200] }, ['/readyz', '/healthz', '/healthz']],
])('a program that %s is ready', async (_, answers, expected) => {
  const [server, asked] = await listening(answers);
  expect(await untilReady(server.url, started('sleep', '60'))).toBeGreaterThan(0);
  expect(asked).toEqual(expected);
});

it('a program that has ended is not waited for', async () => {
  const [server] = await listening({ '/readyz': [503] });
  await expect(untilReady(server.url, started('true'))).rejects.toThrow('true ended by itself');
});
