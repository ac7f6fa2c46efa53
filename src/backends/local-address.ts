import { BlockList, isIP, isIPv6 } from 'node:net';

const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8); // unspecified, "this network"
LOCAL.addSubnet('127.0.0.0', 8); // loopback
LOCAL.addSubnet('169.254.0.0', 16); // link-local, cloud metadata
LOCAL.addSubnet('224.0.0.0', 4); // multicast
LOCAL.addAddress('255.255.255.255'); // limited broadcast
LOCAL.addAddress('100.100.100.200'); // metadata of Alibaba Cloud,
LOCAL.addAddress('168.63.129.16'); // Azure's wire server
LOCAL.addAddress('192.0.0.192'); // and Oracle Cloud
LOCAL.addAddress('::', 'ipv6'); // unspecified
LOCAL.addAddress('::1', 'ipv6'); // loopback
LOCAL.addSubnet('fe80::', 10, 'ipv6'); // link-local
LOCAL.addSubnet('fec0::', 10, 'ipv6'); // site-local, its predecessor
LOCAL.addSubnet('ff00::', 8, 'ipv6'); // multicast
LOCAL.addSubnet('2001::', 32, 'ipv6'); // Teredo: a tunnel to an IPv4 address in disguise
LOCAL.addSubnet('64:ff9b:1::', 48, 'ipv6'); // NAT64 of this network
LOCAL.addSubnet('fd00:ec2::', 32, 'ipv6'); // metadata and the like of AWS,
LOCAL.addAddress('fd20:ce::254', 'ipv6'); // Google Cloud,
LOCAL.addAddress('fd00:42::42', 'ipv6'); // Scaleway
LOCAL.addAddress('fd00:c1::a9fe:a9fe', 'ipv6'); // and Oracle Cloud

/** Where an IPv4 address stands in an IPv6 address: prefix, and the first of its two groups. */
const EMBEDDING: readonly (readonly [prefix: readonly number[], group: number])[] = [
  [[0, 0, 0, 0, 0, 0], 6], // ::/96, IPv4-compatible
  [[0, 0, 0, 0, 0, 0xffff], 6], // ::ffff:0:0/96, IPv4-mapped
  [[0, 0, 0, 0, 0xffff, 0], 6], // ::ffff:0:0:0/96, IPv4-translated
  [[0x64, 0xff9b, 0, 0, 0, 0], 6], // 64:ff9b::/96, NAT64
  [[0x2002], 1], // 2002::/16, 6to4
];

/** Names by which a host knows itself, or the metadata of its cloud; so are those below `localhost`. */
const LOCAL_NAMES = new Set([
  ...['localhost', 'localhost.localdomain', 'localhost4', 'localhost6'],
  ...['localhost4.localdomain4', 'localhost6.localdomain6', 'ip6-localhost', 'ip6-loopback'],
  ...['metadata', 'metadata.goog', 'metadata.google.internal'],
  ...['instance-data', 'instance-data.ec2.internal'],
]);

/** Whether a registered backend must not have this host: a local name, or an address that is local. */
export function isLocalHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(name) !== 0) return isLocalAddress(name);
  const relative = name.replace(/\.+$/, '');
  return LOCAL_NAMES.has(relative) || relative.endsWith('.localhost');
}

/**
 * Whether an address is one a registered backend must not have: loopback, link-local, site-local, unspecified,
 * multicast, or the metadata service of a cloud, those included that stand within an IPv6 address. Private ranges are
 * not local in this sense; neither is a host name.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isLocalAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (!isIPv6(address)) return LOCAL.check(address);
  if (LOCAL.check(address, 'ipv6')) return true;
  const embedded = embeddedIPv4(address);
  return embedded !== undefined && LOCAL.check(embedded);
}

function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const found = EMBEDDING.find(([prefix]) => prefix.every((group, index) => groups[index] === group));
  if (found === undefined) return undefined;
  const [high = 0, low = 0] = groups.slice(found[1]);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups of an IPv6 address, in whatever notation. */
function groupsOf(address: string): number[] {
  const [plain = ''] = address.split('%');
  const normal = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [head = [], tail] = normal
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))));
  if (tail === undefined) return head;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
