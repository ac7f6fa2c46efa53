import { type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { addressOptions } from '../../forwarding/client/dial.js';
import { type Backend } from '../../model/backend.js';
import { fault, ok } from '../check-result.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';

/** Connects to one of the addresses, as the service would. */
export async function checkTcp(
  { hostname: host, port }: Pick<Backend, 'hostname' | 'port'>,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<Stage<Socket>> {
  const socket = connect({
    ...addressOptions,
    host,
    port,
    lookup: (_hostname, { all }, answer) => {
      const [first] = addresses as [LookupAddress, ...LookupAddress[]];
      if (all === true) answer(null, [...addresses]);
      else answer(null, first.address, first.family);
    },
  });
  socket.on('error', () => undefined);
  try {
    await within(signal, once(socket, 'connect'));
    return { finding: ok(`connected to ${String(socket.remoteAddress)}, port ${port}`), passed: socket };
  } catch (error) {
    socket.destroy();
    return { finding: findingOf(codeOf(error), port) };
  }
}

function findingOf(code: string, port: number) {
  switch (code) {
    case 'ECONNREFUSED':
      return fault(
        `nothing listens on port ${port} (${code})`,
        'see whether the cluster is up, and correct the port in the URL',
      );
    case TIMED_OUT:
      return fault(
        `no connection to port ${port} in time`,
        'see whether the cluster is up, and whether a firewall or a NetworkPolicy lets this port out',
      );
    default:
      return fault(
        `no connection to port ${port} (${code})`,
        'see whether this host has a route to the cluster',
      );
  }
}
