import { failOver } from '../support/replicas/failover.js';
import { sharedPostgres } from '../support/postgres/start-postgres.js';

const SECONDS = Number(process.env.FAILOVER_SECONDS ?? 70);
const SEED = Number(process.env.FAILOVER_SEED ?? Date.now() % 1_000_000);
/** A replica that is killed is found gone after 8 to 10 s. */
const MAX_SILENCE_MS = 15_000;

const postgres = sharedPostgres();

it(
  `nothing is lost in ${SECONDS} s of failures of replicas and database (FAILOVER_SEED=${SEED})`,
  async () => {
    const outcome = await failOver(postgres(), {
      seed: SEED,
      seconds: SECONDS,
      webhooksPerSecond: Number(process.env.FAILOVER_RATE ?? 50),
      killEverySeconds: 20,
      restartEverySeconds: SECONDS < 120 ? 25 : 60,
    });
    const { sent, backends, kills, dead } = outcome;
    const repeated = backends.map(
      ({ taken }) => [...taken.values()].filter(({ length }) => length > 1).length,
    );
    process.stderr.write(
      `seed ${SEED}: ${sent.size} webhooks, answers ${JSON.stringify([...outcome.answers])}, ${kills.length} kills, ` +
        `${outcome.restarts} restarts, repeated after kills ${String(repeated)}, ${dead.size} dead, ` +
        `longest silence ${Math.round(outcome.longestSilenceMs)} ms, drained in ${Math.round(outcome.drainMs)} ms\n`,
    );
    for (const backend of backends) {
      const isMissing = (guid: string) =>
        !backend.taken.has(guid) &&
        dead.get(`${guid} ${backend.url}`)?.startsWith('outcome unknown') !== true;
      expect({
        damaged: backend.damaged,
        missing: [...sent].filter(isMissing),
        takenTwice: backend.takenTwice(kills),
      }).toEqual({ damaged: [], missing: [], takenTwice: [] });
    }
    expect(outcome.longestSilenceMs).toBeLessThan(MAX_SILENCE_MS);
  },
  (SECONDS + 900) * 1000,
);
