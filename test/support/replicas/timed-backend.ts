import { BackendServer } from '../backend-server.js';
import { type Deed } from '../kills/moody-backend.js';

/** A backend that does what its mood is, and keeps of each webhook when it took it. */
export class TimedBackend {
  /** When each GUID was taken, by `performance.now()`, in order. */
  readonly taken = new Map<string, number[]>();
  /** GUIDs of those that did not come as they were sent. */
  readonly damaged: string[] = [];

  private constructor(
    readonly url: string,
    public mood: () => Deed,
  ) {}

  /** @param sent the payloads, by GUID */
  static async start(sent: ReadonlyMap<string, Buffer>, mood: () => Deed): Promise<TimedBackend> {
    const server = await BackendServer.start((request, response) => {
      const deed = backend.mood();
      const guid = String(request.headers['x-github-delivery']);
      if (deed === 'cut') {
        request.socket.destroy();
        return;
      }
      if (deed === 'taken') {
        backend.taken.set(guid, [...(backend.taken.get(guid) ?? []), performance.now()]);
      }
      response.writeHead(deed === 'taken' ? 202 : 503).end();
    });
    const backend: TimedBackend = new TimedBackend(server.url, mood);
    server.on('received', ({ headers, body }) => {
      const guid = String(headers['x-github-delivery']);
      if (sent.get(guid)?.equals(body) !== true) backend.damaged.push(guid);
      server.received.length = 0;
    });
    return backend;
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
