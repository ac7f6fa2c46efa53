import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

import { onCleanup } from './cleanup.js';
import { fixture } from './fixture.js';

/** As many as the kernel keeps for who listens with a backlog of one, before nobody gets an answer any more. */
const KEPT = 2;

/** Connections to it hang, as to a host that is gone: nobody accepts them, and the kernel takes no more. */
export class DeafServer {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** @param port 0: a free one */
  static async start(host: string, port = 0): Promise<DeafServer> {
    const child = fork(fixture('deaf-server.js'), [host, String(port)]);
    onCleanup(() => {
      child.kill('SIGKILL');
    });
    const [taken] = (await once(child, 'message')) as [number];
    child.kill('SIGSTOP');
    const sockets = Array.from({ length: KEPT }, () => connect(taken, host));
    onCleanup(() => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new DeafServer(taken, child);
  }

  /** Who has knocked is let in when they knock again, which the kernel does for them after a second. */
  hear(): void {
    this.child.kill('SIGCONT');
  }
}
