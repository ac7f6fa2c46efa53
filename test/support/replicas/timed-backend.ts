import { EventEmitter, once } from 'node:events';

import { BackendServer } from '../backend-server.js';
import { type Deed } from '../kills/moody-backend.js';

/** A backend that does what its mood is, and keeps of each webhook when it took it. */
export class TimedBackend extends EventEmitter<{ taken: [] }> {
  /** When each GUID was taken, by `performance.now()`, in order. */
  readonly taken = new Map<string, number[]>();
  /** GUIDs of those that did not come as they were sent. */
  readonly damaged: string[] = [];

  private constructor(
    readonly url: string,
    public mood: () => Deed,
  ) {
    super();
  }

  /** @param sent the payloads, by GUID; absent: they are not looked at */
  static async start(sent: ReadonlyMap<string, Buffer> | undefined, mood: () => Deed): Promise<TimedBackend> {
    const server = await BackendServer.start((request, response) => {
      const deed = backend.mood();
      const guid = String(request.headers['x-github-delivery']);
      if (deed === 'cut') {
        request.socket.destroy();
        return;
      }
      if (deed === 'taken') {
        backend.taken.set(guid, [...(backend.taken.get(guid) ?? []), performance.now()]);
        backend.emit('taken');
      }
      response.writeHead(deed === 'taken' ? 202 : 503).end();
    });
    const backend: TimedBackend = new TimedBackend(server.url, mood);
    server.on('received', ({ headers, body }) => {
      const guid = String(headers['x-github-delivery']);
      if (sent !== undefined && sent.get(guid)?.equals(body) !== true) backend.damaged.push(guid);
      server.received.length = 0;
    });
    return backend;
  }

  /** GUIDs of all that it took, each as often as it did, in order of the first time. */
  get guids(): string[] {
    return [...this.taken].flatMap(([guid, times]) => times.map(() => guid));
  }

  /** Resolves when it has taken so many. */
  async hasTaken(count: number): Promise<void> {
    while (this.guids.length < count) await once(this, 'taken');
  }

  /** GUIDs of those that it took twice, when no replica was killed between: nobody could be in doubt. */
  takenTwice(kills: readonly number[]): string[] {
    const isInDoubt = (first: number, second: number) =>
      kills.some((at) => at > first - IN_FLIGHT_MS && at < second);
    return [...this.taken]
      .filter(([, times]) => times.some((at, n) => n > 0 && !isInDoubt(times[n - 1] ?? 0, at)))
      .map(([guid]) => guid);
  }
}

/** What a killed process has sent may arrive that much later. */
const IN_FLIGHT_MS = 1000;
