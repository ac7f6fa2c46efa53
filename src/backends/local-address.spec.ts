import { isLocalAddress, isLocalHost } from './local-address.js';

describe('isLocalAddress', () => {
  it.each([
    ...['0.0.0.0', '0.255.255.255', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
    ...['169.254.0.0', '169.254.169.254', '169.254.255.255'],
    ...['224.0.0.0', '239.255.255.255', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '0:0:0:0:0:0:0:1',
      'fe80::',
      'FE80::1',
      'febf:ffff::1',
      'fe80::1%eth0',
      'ff00::',
      'ff02::1',
    ],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0.0.0.0', '::ffff:169.254.169.254', '::ffff:224.0.0.1'],
    ...['64:ff9b::127.0.0.1', '64:ff9b::7fff:ffff', '64:ff9b::169.254.169.254', '64:ff9b::a9fe:ffff'],
    ...[
      '::127.0.0.1',
      '::7f00:1',
      '::2',
      '::ffff:0:127.0.0.1',
      '2002:7f00:1::',
      '2002:a9fe:a9fe::1',
      '2002:0:1::',
    ],
    ...['2001::1', '2001:0:ffff::1', '64:ff9b:1::1', '64:ff9b:1::a00:1', 'fec0::1', 'feff:ffff::1'],
    ...[
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      '::ffff:100.100.100.200',
      '64:ff9b::100.100.100.200',
    ],
    ...['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42', 'fd00:c1::a9fe:a9fe'],
  ])('is true of %s', (address) => {
    expect(isLocalAddress(address)).toBe(true);
  });

  it.each([
    ...['1.0.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '223.255.255.255'],
    ...['240.0.0.0', '255.255.255.254', '192.0.2.1'],
    ...['10.0.0.1', '172.16.0.1', '192.168.0.1', 'fc00::1', 'fd12::1'],
    ...[
      'fe7f:ffff::1',
      '2001:1::1',
      '2001:db8::1',
      '2002:a00:1::',
      '::10.0.0.1',
      '64:ff9b:2::1',
      'fd00:ec3::254',
    ],
    ...['::ffff:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::7eff:ffff', '64:ff9b::8000:0', '64:ff9b::a9ff:0'],
    ...['localhost', '127.1', '2130706433', '[::1]', ''],
  ])('is false of %s', (address) => {
    expect(isLocalAddress(address)).toBe(false);
  });
});

describe('isLocalHost', () => {
  it.each([
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      'localhost..',
      'pac.localhost',
      'pac.localhost.',
      'localhost.localdomain',
    ],
    ...[
      'ip6-localhost',
      'localhost6',
      'metadata',
      'metadata.google.internal',
      'metadata.google.internal.',
      'metadata.goog',
    ],
    ...[
      'instance-data',
      'instance-data.ec2.internal',
      '127.0.0.1',
      '::1',
      '[::1]',
      '2002:7f00:1::',
      '100.100.100.200',
    ],
  ])('is true of %s', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    'pac',
    'localhost.example.com',
    'notlocalhost',
    'metadata.example.com',
    '10.0.0.1',
    '2001:db8::1',
  ])('is false of %s', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});
