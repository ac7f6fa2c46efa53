import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether a host is reached without a proxy: by the list in `NO_PROXY`, or because it is this one.
 * The list's forms: `*`, `host` (its subdomains too), `.suffix` or `*.suffix` (its subdomains only), an address, a range
 * such as `10.0.0.0/8`; all but ranges with `:port` or without.
 * @param hostname an IPv6 address without its brackets
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function bypassesProxy(list: string, hostname: string, port: number): boolean {
  const host = hostname.toLowerCase();
  if (host === 'localhost' || (isIP(host) !== 0 && isIn(LOOPBACK, host))) return true;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isIP(host) !== 0 && isInRange(entry, host);
  const { name, port: onlyPort } = splitPort(entry);
  if (name === '' || (onlyPort !== undefined && onlyPort !== String(port))) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isIn(listOf(name), host);
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { name: string; port?: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d*)$/.exec(entry) ?? [];
  if (port === undefined) return { name: entry.replace(/^\[(.*)\]$/, '$1') };
  return { name: bracketed ?? plain ?? '', ...(port !== '' && { port }) };
}

function isInRange(range: string, host: string): boolean {
  const [network = '', prefix = ''] = range.split('/');
  const bits = isIP(network) === 4 ? 32 : 128;
  if (isIP(network) === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), familyOf(network));
  return isIn(list, host);
}

function listOf(address: string): BlockList {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return list;
}

const isIn = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
