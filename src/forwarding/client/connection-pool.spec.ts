import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';

import { Payload } from '../../model/payload.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { ConnectionPool } from './connection-pool.js';
import { type DialEvents } from './dial.js';
import { Exchange } from './exchange.js';

/** A pool whose connections are there at once, and end when they are told to. */
function usePool() {
  const clock = new FakeClock();
  const dialled: (DialEvents & { open: boolean; socket: Socket })[] = [];
  const pool = new ConnectionPool((events) => {
    const socket = Object.assign(new EventEmitter(), {
      cork: () => undefined,
      uncork: () => undefined,
      write: () => true,
      writableLength: 0,
    }) as unknown as Socket;
    const connection = { ...events, open: true, socket };
    dialled.push(connection);
    return () => {
      connection.open = false;
    };
  }, clock);
  /** @param headers of the answer */
  const attempt = async (headers = '') => {
    const before = dialled.length;
    const answered = new Promise((resolve, reject) => {
      pool.send(new Exchange({ head: '', payload: Payload.of(), timeoutMs: 10_000, clock, resolve, reject }));
    });
    const connection = dialled.at(-1);
    if (connection === undefined) throw new Error('nobody was dialled');
    if (dialled.length > before) connection.onReady(connection.socket);
    // The event loop looks at a connection that was idle.
    await new Promise((resolve) => setImmediate(resolve));
    connection.onBytes(Buffer.from(`HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n${headers}\r\n`));
    await answered;
  };
  return { clock, dialled, pool, attempt };
}

describe('ConnectionPool', () => {
  it.each([
    [19_999, '', 1],
    [20_000, '', 2],
    [3999, 'Keep-Alive: timeout=5\r\n', 1],
    [4000, 'Keep-Alive: timeout=5\r\n', 2],
  ])('after %d idle ms (%j) has made %d connections', async (ms, headers, count) => {
    const { clock, dialled, attempt } = usePool();
    await attempt(headers);
    clock.pass(ms);
    expect(dialled[0]?.open).toBe(count === 1);
    await attempt(headers);
    expect(dialled).toHaveLength(count);
  });

  it('renews a connection after five minutes of steady traffic', async () => {
    const { clock, dialled, attempt } = usePool();
    for (let seconds = 0; seconds < 299; seconds += 1) {
      await attempt();
      clock.pass(1000);
    }
    expect(dialled).toHaveLength(1);
    clock.pass(1000);
    await attempt();
    expect(dialled.map(({ open }) => open)).toEqual([false, true]);
  });

  it('uses no connection that the backend has closed', async () => {
    const { dialled, attempt } = usePool();
    await attempt();
    dialled[0]?.onOver();
    await attempt();
    expect(dialled).toHaveLength(2);
  });

  it('gives up connecting when the time is over: no byte can have been sent', async () => {
    const { clock, dialled, pool } = usePool();
    const failed = new Promise((resolve, reject) => {
      const options = { head: '', payload: Payload.of(), timeoutMs: 10, clock };
      pool.send(new Exchange({ ...options, resolve: reject, reject: resolve }));
    });
    clock.pass(10);
    expect(await failed).toMatchObject({ message: 'no answer within 10 ms', requestBegan: false });
    expect(dialled[0]?.open).toBe(false);
  });
});
