import { hookFindings } from './github.check.js';

const SOUND = { url: 'https://hooks.example.com/proxy', contentType: 'json', isTlsVerified: true };

it.each<[string, object, string[]]>([
  ['is as it should be', {}, []],
  ['may have a path before it', { url: 'https://hooks.example.com/a/proxy' }, []],
  ['goes to no path', { url: 'https://hooks.example.com' }, ['fault']],
  ['goes to another path', { url: 'https://hooks.example.com/hook' }, ['fault']],
  ['goes to a longer path', { url: 'https://hooks.example.com/proxy/' }, ['fault']],
  ['goes nowhere', { url: undefined }, ['fault']],
  ['sends forms', { contentType: 'form' }, ['fault']],
  ['goes to whoever has the name', { isTlsVerified: false }, ['warning']],
])('a webhook that %s', (_what, config, statuses) => {
  expect(hookFindings({ ...SOUND, ...config }).map(({ status }) => status)).toEqual(statuses);
});
