import { hrefOf, parseAddress } from './address.js';

it.each([
  ['', { view: 'lanes' }],
  ['?view=lanes', { view: 'lanes' }],
  ['?view=nothing', { view: 'lanes' }],
  ['?view=deliveries', { view: 'deliveries', filters: {} }],
  ['?state=dead', { view: 'deliveries', filters: { state: 'dead' } }],
  ['?view=deliveries&state=dead&backend=+&x=1', { view: 'deliveries', filters: { state: 'dead' } }],
  ['?delivery=17', { view: 'delivery', id: '17' }],
  ['?delivery=', { view: 'lanes' }],
])('reads %j', (query, address) => {
  expect(parseAddress(query)).toEqual(address);
});

it.each(['javascript:alert(1)', '//elsewhere.example', '../x', '1&delivery=2', '"><script>'])(
  'leads nowhere else with %j for an id or a filter, and finds it again',
  (text) => {
    for (const address of [
      { view: 'delivery' as const, id: text },
      { view: 'deliveries' as const, filters: { repository: text } },
    ]) {
      const url = new URL(hrefOf(address), 'https://here.example');
      expect(`${url.origin}${url.pathname}`).toBe('https://here.example/deliveries');
      expect(parseAddress(url.search)).toEqual(address);
    }
  },
);
