import { type RunningSprayproxy, startSprayproxy } from '../start-sprayproxy.js';

/** The built program, several times on one database. */
export class ReplicaSet {
  readonly all: RunningSprayproxy[] = [];

  private constructor(
    private readonly backends: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param database its URL */
  static async start(
    database: string,
    {
      count = 2,
      backends = [],
      env = {},
    }: {
      readonly count?: number;
      readonly backends?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<ReplicaSet> {
    const set = new ReplicaSet(backends, {
      SPRAYPROXY_SPOOL_URL: database,
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
      SPRAYPROXY_RETRY_MIN_DELAY: '10ms',
      SPRAYPROXY_RETRY_MAX_DELAY: '200ms',
      ...env,
    });
    await Promise.all(Array.from({ length: count }, (_, at) => set.start(at)));
    return set;
  }

  /** Starts one, in the place of the one before it. */
  async start(at: number): Promise<RunningSprayproxy> {
    const started = await startSprayproxy({ backends: this.backends, env: this.env });
    this.all[at] = started;
    return started;
  }

  at(index: number): RunningSprayproxy {
    const replica = this.all[index];
    if (replica === undefined) throw new Error(`there is no replica ${index}`);
    return replica;
  }

  url(index: number): string {
    return this.at(index).url;
  }
}
