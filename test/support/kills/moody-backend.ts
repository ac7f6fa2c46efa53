import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';

import { BackendServer } from '../backend-server.js';

export type Deed = 'taken' | 'refused' | 'cut';

/** What a backend did with an attempt, and in which round. */
export interface Attempt {
  readonly deed: Deed;
  readonly round: number;
}

export const isTaken = ({ deed }: Attempt): boolean => deed === 'taken';

/** A backend that does what its mood is, and keeps of each webhook no more than that. */
export class MoodyBackend {
  /** By GUID, in order. */
  readonly attempts = new Map<string, Attempt[]>();
  /** GUIDs of those that did not come as they were sent. */
  readonly damaged: string[] = [];
  round = 0;

  private constructor(
    private readonly backend: BackendServer,
    public mood: () => Deed,
  ) {}

  /** @param sent the payloads, by GUID */
  static async start(sent: ReadonlyMap<string, Buffer>, mood: () => Deed): Promise<MoodyBackend> {
    const backend = await BackendServer.start((request, response) => {
      const deed = moody.mood();
      const guid = String(request.headers['x-github-delivery']);
      moody.attempts.set(guid, [...(moody.attempts.get(guid) ?? []), { deed, round: moody.round }]);
      if (deed === 'cut') request.socket.destroy();
      else response.writeHead(deed === 'taken' ? 202 : 503).end();
    });
    const moody: MoodyBackend = new MoodyBackend(backend, mood);
    backend.on('received', ({ headers, body }) => {
      const guid = String(headers['x-github-delivery']);
      if (sent.get(guid)?.equals(body) !== true) moody.damaged.push(guid);
      backend.received.length = 0;
    });
    return moody;
  }

  get url(): string {
    return this.backend.url;
  }

  /** Resolves once nobody is connected. */
  async idle(): Promise<void> {
    const connections = promisify(this.backend.server.getConnections.bind(this.backend.server));
    while ((await connections()) > 0) await turn();
  }
}
