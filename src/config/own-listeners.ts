import { BlockList, isIP, isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Where this process listens. */
export interface OwnListener {
  /** `undefined`: all interfaces. */
  readonly host: string | undefined;
  /** 0: not known yet. */
  readonly port: number;
}

const UNSPECIFIED = new Set(['0.0.0.0', '::']);
const LOOPBACK = ['127.0.0.1', '::1'];
const LOOPBACKS = new BlockList();
LOOPBACKS.addSubnet('127.0.0.0', 8);
LOOPBACKS.addAddress('::1', 'ipv6');

/** Where a process of this configuration listens: for everything, for who asks for metrics, and for webhooks alone. */
export const ownListeners = ({
  serverHost: host,
  serverPort,
  metricsPort,
  webhookListener,
}: {
  readonly serverHost: string | undefined;
  readonly serverPort: number;
  readonly metricsPort: number;
  readonly webhookListener: OwnListener | undefined;
}): OwnListener[] => [
  { host, port: serverPort },
  { host, port: metricsPort },
  ...(webhookListener === undefined ? [] : [webhookListener]),
];

/**
 * Whether whoever connects there reaches this process itself, as far as can be told without asking the DNS.
 * @param target of a backend: a name, or an address without brackets
 */
export const isOurs = (
  target: { readonly hostname: string; readonly port: number },
  listeners: readonly OwnListener[],
): boolean => listeners.some((listener) => isOwnListener(target, listener));

function isOwnListener(target: { hostname: string; port: number }, listener: OwnListener): boolean {
  if (listener.port === 0 || target.port !== listener.port) return false;
  const host = listener.host === undefined ? '::' : canonical(listener.host);
  const targets = addressesOf(target.hostname);
  if (!UNSPECIFIED.has(host)) {
    const listening = addressesOf(host);
    return targets.some((address) => listening.includes(address));
  }
  const ours = ownAddresses();
  return targets.some((address) => ours.includes(address) || isLoopback(address));
}

/** Whether an address is of this host alone, IPv4 within IPv6 included. */
export const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && LOOPBACKS.check(address, familyOf(address));

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((entries = []) =>
    entries.map(({ address }) => canonical(address)),
  );

/** A name that only the DNS knows has none. */
function addressesOf(host: string): string[] {
  const name = canonical(host);
  // Whoever connects to no address in particular gets to this host.
  if (UNSPECIFIED.has(name)) return LOOPBACK;
  if (isIP(name) !== 0) return [name];
  if (name === 'localhost' || name.endsWith('.localhost')) return LOOPBACK;
  return name === hostname().toLowerCase() ? [...ownAddresses(), ...LOOPBACK] : [];
}

/** One spelling for each address and name. */
function canonical(host: string): string {
  const [name = ''] = host.toLowerCase().replace(/\.+$/, '').split('%');
  if (!isIPv6(name)) return name;
  const normal = new URL(`http://[${name}]`).hostname.slice(1, -1);
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(normal) ?? [];
  if (high === '') return normal;
  const bits = parseInt(high, 16) * 0x10000 + parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
