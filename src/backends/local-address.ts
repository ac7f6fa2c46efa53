import { BlockList, isIP, isIPv6 } from 'node:net';

const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8); // unspecified, "this network"
LOCAL.addSubnet('127.0.0.0', 8); // loopback
LOCAL.addSubnet('169.254.0.0', 16); // link-local, cloud metadata
LOCAL.addSubnet('224.0.0.0', 4); // multicast
LOCAL.addAddress('255.255.255.255'); // limited broadcast
LOCAL.addAddress('::', 'ipv6'); // unspecified
LOCAL.addAddress('::1', 'ipv6'); // loopback
LOCAL.addSubnet('fe80::', 10, 'ipv6'); // link-local
LOCAL.addSubnet('ff00::', 8, 'ipv6'); // multicast
LOCAL.addSubnet('64:ff9b::7f00:0', 104, 'ipv6'); // loopback and
LOCAL.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // link-local behind NAT64

/**
 * Whether an address is one a registered backend must not have: loopback, link-local, unspecified or multicast,
 * IPv4 addresses mapped into IPv6 included. Private ranges are not local in this sense; neither is a host name.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export function isLocalAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  return LOCAL.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
