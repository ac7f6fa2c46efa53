import { type IncomingHttpHeaders } from 'node:http';

import { Backend, type ReceivedWebhook } from '../testing/backend.js';

/** A throw-away backend: takes everything, as Pipelines-as-Code does, and notes what it got. */
export class DemoBackend extends Backend {
  /** @param rejections GUIDs of those that it rejects once, and whether it has */
  private constructor(
    readonly name: string,
    private readonly rejections: Map<string, boolean>,
  ) {
    super([
      ({ headers }, response) => {
        const rejects = rejections.get(guidOf(headers)) === false;
        if (rejects) rejections.set(guidOf(headers), true);
        const status = rejects ? 422 : 202;
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(`{"status":${status}}`);
      },
    ]);
  }

  static async start(name: string): Promise<DemoBackend> {
    const backend = new DemoBackend(name, new Map());
    await backend.listen();
    return backend;
  }

  /** The next time that it comes, and after that no more. */
  rejectOnce(guid: string): void {
    this.rejections.set(guid, false);
  }

  /** What it has taken, by GUID. */
  taken(): Map<string, ReceivedWebhook[]> {
    const byGuid = new Map<string, ReceivedWebhook[]>();
    for (const received of this.received) {
      const guid = guidOf(received.headers);
      byGuid.set(guid, [...(byGuid.get(guid) ?? []), received]);
    }
    for (const [guid, rejected] of this.rejections) {
      if (rejected) byGuid.get(guid)?.shift();
    }
    return byGuid;
  }

  /** Resolves when it has received this many more, or the time is up. */
  hasReceived(more: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wanted = this.received.length + more;
      const timer = setTimeout(resolve, timeoutMs);
      // Nobody waits for it any longer than for the program.
      timer.unref();
      this.on('received', () => {
        if (this.received.length < wanted) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

const guidOf = (headers: IncomingHttpHeaders): string => String(headers['x-github-delivery']);
