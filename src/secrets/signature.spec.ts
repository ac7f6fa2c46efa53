import { ANY_SIGNATURE, HmacSignature, parseSignature, toSecretKey } from './signature.js';

// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
const SECRET = "It's a Secret to Everybody";
const PAYLOAD = 'Hello, World!';
const HEX = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
const EXPECTED = Buffer.from(HEX, 'hex');

const keysOf = (...secrets: string[]) => secrets.map(toSecretKey);

describe('parseSignature', () => {
  it.each([
    ['as GitHub writes it', `sha256=${HEX}`],
    ['with digits in upper case', `sha256=${HEX.toUpperCase()}`],
  ])('takes a signature %s for its 32 bytes', (_how, header) => {
    expect(parseSignature(header)?.toString('hex')).toBe(HEX);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has no prefix', HEX],
    ['has its prefix in upper case', `SHA256=${HEX}`],
    ['has a prefix alone', 'sha256='],
    ['is SHA-1', `sha1=${HEX.slice(0, 40)}`],
    ['says SHA-1 and is as long as SHA-256', `sha1=${HEX}`],
    ['has 63 digits', `sha256=${HEX.slice(1)}`],
    ['has 65 digits', `sha256=${HEX}0`],
    ['has 64 digits of which one is not hexadecimal', `sha256=${HEX.slice(1)}g`],
    ['has a space in front', ` sha256=${HEX}`],
    ['has a space behind', `sha256=${HEX} `],
    ['has a line break behind', `sha256=${HEX}\n`],
    ['has a line of its own in a longer text', `x\nsha256=${HEX}\nx`],
    ['is there twice in one header', `sha256=${HEX}, sha256=${HEX}`],
    ['is a list', [`sha256=${HEX}`]],
  ])('takes no signature that %s', (_how, header) => {
    expect(parseSignature(header)).toBeUndefined();
  });
});

describe('HmacSignature', () => {
  const matches = (secrets: string[], expected: Buffer, ...updates: (Buffer | string)[]) => {
    const signature = new HmacSignature(keysOf(...secrets), expected);
    for (const bytes of updates) signature.update(Buffer.from(bytes));
    return signature.matches();
  };

  // Each is the answer of: printf '<payload>' | openssl dgst -sha256 -hmac '<secret>'
  it.each([
    ["GitHub's own example", SECRET, PAYLOAD, HEX],
    ['no bytes', SECRET, '', '66a0c074deaa0f489ead6537e0d32f9a344b90bbeda705b6ed45ecd3b413fb40'],
    [
      'bytes that are no text (\\377\\000\\200)',
      SECRET,
      Buffer.from([0xff, 0x00, 0x80]),
      'cbb5639d9ce11f9a6670c861c5dc66b3d2fdd5c90f5d1f49478ace4d35b6c56a',
    ],
    [
      'a secret beyond ASCII',
      'schlüssel',
      PAYLOAD,
      'fbb07d36312f75effe39edb57a874d1cb0972664c0c316bd7d64704c6ae6cbd6',
    ],
  ])('matches %s', (_what, secret, payload, hex) => {
    expect(matches([secret], Buffer.from(hex, 'hex'), payload)).toBe(true);
  });

  it.each([
    ['in one piece', [PAYLOAD]],
    ['in two', ['Hello', ', World!']],
    ['byte by byte', Array.from(PAYLOAD)],
    ['with empty pieces', ['', PAYLOAD, '']],
  ])('matches bytes that come %s', (_how, updates) => {
    expect(matches([SECRET], EXPECTED, ...updates)).toBe(true);
  });

  it.each([
    ['one byte less', 'Hello, World'],
    ['one byte more', 'Hello, World!\n'],
    ['one bit flipped', 'Hello, Wormd!'],
    ['no bytes', ''],
  ])('does not match %s', (_what, payload) => {
    expect(matches([SECRET], EXPECTED, payload)).toBe(false);
  });

  it.each([0, 15, 31])('does not match a signature with byte %d altered', (index) => {
    const altered = Buffer.from(EXPECTED);
    altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
    expect(matches([SECRET], altered, PAYLOAD)).toBe(false);
  });

  it.each([
    ['the first', [SECRET, 'another', 'a third'], true],
    ['the one in the middle', ['another', SECRET, 'a third'], true],
    ['the last', ['another', 'a third', SECRET], true],
    ['none', ['another', 'a third', `${SECRET} `], false],
    ['none, for there is no key', [], false],
  ])('of several keys, made with %s', (_which, secrets, matched) => {
    expect(matches(secrets, EXPECTED, 'Hello, ', 'World!')).toBe(matched);
  });
});

it('the signature that stands in for one matches anything', () => {
  ANY_SIGNATURE.update(Buffer.from('anything'));
  expect(ANY_SIGNATURE.matches()).toBe(true);
});
