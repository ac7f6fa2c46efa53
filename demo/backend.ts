import { Backend } from '../testing/backend.js';

/** A throw-away backend: takes everything, as Pipelines-as-Code does, and notes what it got. */
export class DemoBackend extends Backend {
  private constructor(readonly name: string) {
    super([
      (_request, response) => {
        response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":202}');
      },
    ]);
  }

  static async start(name: string): Promise<DemoBackend> {
    const backend = new DemoBackend(name);
    await backend.listen();
    return backend;
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
