import { forwardHeaders } from './forward-headers.js';

describe('forwardHeaders', () => {
  it.each([
    ...['Connection', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Expect', 'Host'],
    ...[
      'Content-Length',
      'Authorization',
      'Cookie',
      'Proxy-Authorization',
      'Proxy-Connection',
      'Proxy-Anything',
    ],
    ...['X-Remote-User', 'X-Remote-Groups', 'X-Remote-Extra-Scopes', 'X-Remote-'],
  ])('drops %s, however it is written', (name) => {
    const written = [name, name.toLowerCase(), name.toUpperCase()];
    const raw = written.flatMap((spelling) => [spelling, 'value']);
    expect(forwardHeaders(['Accept', '*/*', ...raw, 'X-Last', '1'])).toEqual([
      'Accept',
      '*/*',
      'X-Last',
      '1',
    ]);
  });

  it.each([
    ...[
      'X-GitHub-Delivery',
      'X-GitHub-Event',
      'X-GitHub-Hook-ID',
      'X-GitHub-Enterprise-Host',
      'X-Hub-Signature',
    ],
    ...['X-Hub-Signature-256', 'Content-Type', 'Content-Encoding', 'User-Agent', 'Accept', 'X-Forwarded-For'],
    ...['Forwarded', 'X-Request-Id', 'Via', 'Proxy', 'X-Remote', 'Hostname', 'Set-Cookie', 'X-Authorization'],
  ])('keeps %s', (name) => {
    expect(forwardHeaders([name, 'value'])).toEqual([name, 'value']);
  });

  it.each([
    ['X-Hop', ['X-Hop', '1']],
    ['x-hop', ['X-Hop', '1']],
    ['close, X-HOP ,\tx-other', ['x-hop', '1', 'X-Other', '2']],
    [',,close,', []],
  ])('drops what Connection: %s names', (connection, named) => {
    const kept = ['X-Kept', '1'];
    expect(forwardHeaders([...named, 'connection', connection, ...kept])).toEqual(kept);
    expect(forwardHeaders(['Connection', connection, ...kept, ...named])).toEqual(kept);
  });

  it('drops what any of several Connection headers names', () => {
    const raw = ['Connection', 'x-a', 'CONNECTION', 'x-b', 'X-A', '1', 'X-B', '2', 'X-C', '3'];
    expect(forwardHeaders(raw)).toEqual(['X-C', '3']);
  });

  it.each([
    ...['X-Hub-Signature-256', 'X-Hub-Signature', 'X-GitHub-Delivery', 'X-GitHub-Event', 'X-GitHub-Hook-ID'],
    ...['X-GitHub-Enterprise-Host', 'Content-Type', 'Content-Encoding', 'User-Agent', 'Accept'],
  ])('keeps %s though Connection names it, which is for the backend whatever that says', (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      const raw = ['Connection', `close, ${spelling} ,X-Hop`, 'X-Hop', '1', spelling, 'value'];
      expect(forwardHeaders(raw)).toEqual([spelling, 'value']);
    }
  });

  it.each(['Content-Length', 'Host', 'Authorization', 'X-Hub', 'X-GitHub', 'Accept-Encoding'])(
    'drops %s that Connection names, as ever',
    (name) => {
      expect(forwardHeaders(['Connection', name, name, 'value'])).toEqual([]);
    },
  );

  it('keeps order, repetitions, case and values', () => {
    const raw = ['x-b', '1', 'X-A', ' two, 2 ', 'X-b', '3', 'x-B', '', 'x-a', 'ä', 'X-A', ' two, 2 '];
    expect(forwardHeaders(raw)).toEqual(raw);
    expect(forwardHeaders(['Host', 'h', ...raw.slice(0, 4), 'TE', 't', ...raw.slice(4)])).toEqual(raw);
  });

  it('does not alter what it is given', () => {
    const raw = Object.freeze(['Host', 'h', 'X-A', '1']);
    expect(forwardHeaders(raw)).toEqual(['X-A', '1']);
  });

  it('of nothing is nothing', () => {
    expect(forwardHeaders([])).toEqual([]);
  });
});
