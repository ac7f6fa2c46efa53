import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

import { type DeliveryList } from '../../../src/deliveries/delivery-view.js';
import { BackendServer } from '../backend-server.js';
import { bootSprayproxy } from '../boot.js';
import { send, sendWebhook } from '../send-webhook.js';
import { useTempDir } from '../temp-dir.js';

const PAYLOAD = '{"zen":"Practicality beats purity."}';
const BACKENDS = 3;
const RUN_MS = 2000;

/** What a backend does with an attempt, and what that is called. */
const DEEDS = {
  200: 'accepted',
  202: 'accepted',
  302: 'refused',
  400: 'rejected',
  408: 'refused',
  422: 'rejected',
  429: 'refused',
  500: 'unknown',
  503: 'refused',
  504: 'unknown',
  reset: 'unknown',
} as const;
type Deed = keyof typeof DEEDS;

/** What a backend does with the attempts at one delivery, in turn; it accepts those after. */
type Script = readonly Deed[];

const anyScript = fc.array(
  fc.constantFrom(...(Object.keys(DEEDS).map((deed) => (deed === 'reset' ? deed : Number(deed))) as Deed[])),
  { maxLength: 7 },
);
const anyScripts = fc.array(anyScript, { minLength: BACKENDS, maxLength: BACKENDS });

const isServed = (deed: Deed) => DEEDS[deed] === 'accepted' || DEEDS[deed] === 'rejected';

/** Backends of one server, by path, that play the scripts of the deliveries they get. */
async function startBackends() {
  const scripts = new Map<string, readonly Script[]>();
  const attempts = new Map<string, number>();
  const react = (request: IncomingMessage, response: ServerResponse) => {
    const guid = String(request.headers['x-github-delivery']);
    const backend = Number(request.url?.slice(1));
    const attempt = attempts.get(`${guid} ${backend}`) ?? 0;
    attempts.set(`${guid} ${backend}`, attempt + 1);
    const deed = scripts.get(guid)?.[backend]?.[attempt] ?? 202;
    if (deed === 'reset') request.socket.destroy();
    else response.writeHead(deed, { Location: '/elsewhere' }).end();
  };
  const server = await BackendServer.start(react);
  const urls = Array.from({ length: BACKENDS }, (_, n) => `${server.url}/${n}`);
  return { scripts, urls, attemptsOf: (guid: string, n: number) => attempts.get(`${guid} ${n}`) ?? 0 };
}

/** The table of outcomes, written once more: how the attempts at one backend go on, and how they end. */
function expectedEnd(script: Script, mostUnknown: number): { state: string; made: Deed[] } {
  const made: Deed[] = [];
  for (const deed of [...script, 202 as const]) {
    made.push(deed);
    if (isServed(deed)) return { state: DEEDS[deed], made };
    if (made.filter((each) => DEEDS[each] === 'unknown').length === mostUnknown) {
      return { state: 'dead', made };
    }
  }
  throw new Error('a script ends with an answer');
}

/** Tests what becomes of `runs` webhooks whose backends do whatever may be done. */
export function outcomesFollowTheTable(runs: number): void {
  const dir = useTempDir();
  const timeoutMs = 120_000 + runs * RUN_MS;

  describe.each([
    ['at-least-once', 3],
    ['at-most-once', 1],
  ] as const)('with a spool, %s', (guarantee, mostUnknown) => {
    it(
      'the answer to GitHub, and what becomes of each forward, follow the table for any sequence of outcomes',
      async () => {
        const { scripts, urls, attemptsOf } = await startBackends();
        const { url } = await bootSprayproxy({
          backends: urls,
          env: {
            SPRAYPROXY_SPOOL_URL: `file:${join(dir.path, 'spool')}`,
            SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
            SPRAYPROXY_DELIVERY_GUARANTEE: guarantee,
            SPRAYPROXY_RETRY_MIN_DELAY: '1ms',
            SPRAYPROXY_RETRY_MAX_DELAY: '2ms',
          },
        });
        const forwardsOf = async (guid: string) => {
          const reply = await send(url, { method: 'GET', path: `/deliveries?guid=${guid}` });
          return (JSON.parse(reply.text) as DeliveryList).deliveries[0]?.forwards ?? [];
        };
        // Of each backend, by its place: one that has failed five times in a row is not tried before the answer.
        const failuresInRow = urls.map(() => 0);

        const deliver = async (each: readonly Script[]) => {
          const guid = randomUUID();
          scripts.set(guid, each);
          const ends = each.map((script) => expectedEnd(script, mostUnknown));
          const served = ends.every(
            ({ made: [first] }, n) => (failuresInRow[n] ?? 0) < 5 && isServed(first as Deed),
          );
          expect(await sendWebhook(url, PAYLOAD, { guid })).toMatchObject(
            served ? { status: 200, text: 'proxied' } : { status: 202, text: 'accepted' },
          );
          let forwards = await forwardsOf(guid);
          while (forwards.some(({ state }) => state === 'owed')) forwards = await forwardsOf(guid);
          expect(forwards.map(({ state, attemptCount }) => [state, attemptCount])).toEqual(
            ends.map(({ state, made }) => [state, made.length]),
          );
          for (const [n, { made }] of ends.entries()) {
            expect(attemptsOf(guid, n)).toBe(made.length);
            for (const deed of made) failuresInRow[n] = isServed(deed) ? 0 : (failuresInRow[n] ?? 0) + 1;
          }
        };
        // The backends remember, so a failed example is not made smaller.
        await fc.assert(fc.asyncProperty(anyScripts, deliver), { numRuns: runs, endOnFailure: true });
      },
      timeoutMs,
    );
  });

  describe('without a spool', () => {
    it(
      'the answer is 200 once all have answered, else 502, and redeliveries fill the gaps, for any sequence',
      async () => {
        const { scripts, urls, attemptsOf } = await startBackends();
        const { url } = await bootSprayproxy({ backends: urls });

        const deliver = async (each: readonly Script[]) => {
          const guid = randomUUID();
          scripts.set(guid, each);
          // Nobody counts unknown outcomes: GitHub, or who asks it, decides whether to try again. What was rejected is missing.
          const deeds = each.map((script): Deed[] => [...script, 202]);
          const made = deeds.map(() => 0);
          const last = (n: number) => deeds[n]?.[(made[n] ?? 0) - 1];
          for (let over = false; !over;) {
            for (const n of deeds.keys())
              if (DEEDS[last(n) as Deed] !== 'accepted') made[n] = (made[n] ?? 0) + 1;
            over = [...deeds.keys()].every((n) => isServed(last(n) as Deed));
            expect(await sendWebhook(url, PAYLOAD, { guid })).toMatchObject(
              over ? { status: 200, text: 'proxied' } : { status: 502, text: 'failed to proxy' },
            );
            expect(urls.map((_, n) => attemptsOf(guid, n))).toEqual(made);
          }
        };
        await fc.assert(fc.asyncProperty(anyScripts, deliver), { numRuns: runs });
      },
      timeoutMs,
    );
  });
}
