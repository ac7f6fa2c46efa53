import { join } from 'node:path';

import { makeTempDir } from '../temp-dir.js';
import { survive } from './kill-rounds.js';
import { isTaken, type MoodyBackend } from './moody-backend.js';

const ROUND_MS = 8_000;
const LAST_ROUND_MS = 120_000;

/** Tests that what was acknowledged arrives, however often the program is killed. The same seed makes the same choices. */
export function nothingIsLost(rounds: number): void {
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

  it(
    `nothing acknowledged is lost in ${rounds} rounds of SIGKILL (KILL_SEED=${seed})`,
    async () => {
      const { acknowledged, backends, dead } = await survive({
        rounds,
        seed,
        spool: join(makeTempDir(), 'spool'),
      });
      expect(acknowledged.size).toBeGreaterThan(rounds);
      for (const backend of backends) {
        expect(backend.damaged).toEqual([]);
        for (const guid of acknowledged) expectTaken(guid, backend, dead.get(`${guid} ${backend.url}`));
      }
      const [healthy] = backends;
      expect([...acknowledged].filter((guid) => healthy.attempts.get(guid)?.some(isTaken) !== true)).toEqual(
        [],
      );
    },
    rounds * ROUND_MS + LAST_ROUND_MS,
  );
}

/** Or dead, since nobody can know. */
function expectTaken(guid: string, { attempts: all, url }: MoodyBackend, reason: string | undefined): void {
  const attempts = all.get(guid) ?? [];
  if (!attempts.some(isTaken)) {
    expect({ guid, backend: url, reason }).toEqual({
      guid,
      backend: url,
      reason: expect.stringMatching(/^outcome unknown 3 times/) as string,
    });
  }
  // Only a kill between can have left it unknown that an attempt was taken, and three such are the end of it.
  const rounds = attempts.filter(isTaken).map(({ round }) => round);
  const taken = attempts.find(isTaken)?.round ?? Infinity;
  const again = attempts.slice(attempts.findIndex(isTaken) + 1).filter(({ round }) => round === taken);
  expect({ guid, rounds, again, few: rounds.length <= 3 }).toEqual({ guid, rounds, again: [], few: true });
}
