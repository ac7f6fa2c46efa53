import { BackendServer, type Reaction } from '../../support/backend-server.js';

/** What each backend does while there is trouble; all take everything while there is none. */
const TROUBLES = {
  healthy: 202,
  slow: (_request, response) => setTimeout(() => response.writeHead(202).end(), 300),
  // Says no: nothing is owed.
  rejecting: 400,
  // May have taken it: dead after the third attempt.
  broken: 500,
  // Every other one is refused, and taken later.
  flaky: (() => {
    let count = 0;
    return (_request, response) => {
      count += 1;
      response.writeHead(count % 2 === 0 ? 503 : 202).end();
    };
  })(),
  hung: () => undefined,
  // Nobody listens.
  down: 202,
} satisfies Record<string, Reaction>;

export type BackendName = keyof typeof TROUBLES;

const FILTER = 'repositories=*/*';

/** Real backends, each with a trouble of its own, which begins and ends when it is told to. */
export class FaultyBackends {
  readonly urls: readonly string[];
  /** The same as they are configured: one with a filter, which lets through whatever has a repository. */
  readonly list: readonly string[];
  /** `host:port` of each, and the name of its trouble. */
  readonly names: ReadonlyMap<string, BackendName>;
  readonly #down: BackendServer;

  private constructor(
    servers: ReadonlyMap<BackendName, BackendServer>,
    private readonly trouble: { begun: boolean },
  ) {
    this.urls = [...servers.values()].map(({ url }) => url);
    this.list = [...servers].flatMap(([name, { url }]) => (name === 'broken' ? [url, FILTER] : [url]));
    this.names = new Map([...servers].map(([name, { host }]) => [host, name]));
    this.#down = servers.get('down') as BackendServer;
  }

  static async start(): Promise<FaultyBackends> {
    const servers = new Map<BackendName, BackendServer>();
    const trouble = { begun: false };
    for (const [name, reaction] of Object.entries(TROUBLES) as [BackendName, Reaction][]) {
      const server = await BackendServer.start((request, response) => {
        const current = trouble.begun ? reaction : 202;
        if (typeof current === 'number') response.writeHead(current).end();
        else current(request, response);
      });
      servers.set(name, server);
    }
    return new FaultyBackends(servers, trouble);
  }

  /** `host:port` of one. */
  host(wanted: BackendName): string {
    return [...this.names].find(([, name]) => name === wanted)?.[0] ?? '';
  }

  async begin(): Promise<void> {
    this.trouble.begun = true;
    await this.#down.stop();
  }

  /** An attempt that hangs already goes on hanging. */
  async end(): Promise<void> {
    this.trouble.begun = false;
    await this.#down.listen();
  }
}
