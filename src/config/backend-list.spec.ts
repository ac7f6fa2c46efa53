import { readBackendList } from './backend-list.js';

/** URLs, and filters as they are written. */
function read(text: string) {
  const list = readBackendList(text);
  if (typeof list === 'string') return list;
  return {
    urls: list.urls,
    filters: Object.fromEntries([...list.filters].map(([key, filter]) => [key, String(filter)])),
  };
}

it.each([
  ['', [], {}],
  [' \n', [], {}],
  [
    ' http://a\thttps://b:8443/base?q=1\n\nhttp://c\n',
    ['http://a', 'https://b:8443/base?q=1', 'http://c'],
    {},
  ],
  ['http://a?events=push', ['http://a?events=push'], {}],
  ['http://a events=push http://b', ['http://a', 'http://b'], { 'http://a': 'events=push' }],
  [
    'http://a/\n  repositories=org/*,Other/name\n  events=push,pull_request\n',
    ['http://a/'],
    { 'http://a': 'events=push,pull_request repositories=org/*,Other/name' },
  ],
  ['http://a events=push http://a/ events=push', ['http://a', 'http://a/'], { 'http://a': 'events=push' }],
])('reads %j', (text, urls, filters) => {
  expect(read(text)).toEqual({ urls, filters });
});

it.each([
  ['events=push', 'the first of them must be a URL, which its filter follows'],
  ['repositories=org/* http://a', 'the first of them must be a URL, which its filter follows'],
  ['http://a event=push', 'URL 1: its filter must have events= or repositories='],
  ['http://a http://b EVENTS=push', 'URL 2: its filter must have events= or repositories='],
  ['http://a =push', 'URL 1: its filter must have events= or repositories='],
  ['http://a events=', 'URL 1: events must not be empty'],
  ['http://a http://b repositories= http://c', 'URL 2: repositories must not be empty'],
  ['http://a events=push, pull_request', 'URL 1: events must hold names of events such as pull_request'],
  ['http://a events=push,', 'URL 1: events must hold names of events such as pull_request'],
  ['http://a events=Push', 'URL 1: events must hold names of events such as pull_request'],
  ['http://a repositories=org', 'URL 1: repositories must hold names such as owner/name or owner/*'],
  ['http://a events=push events=issues', 'URL 1: its filter must have events= once'],
  ['http://a events=push http://b pac', 'URL 3: url is not a valid URL'],
  ['http://a http://b http://a/ events=push', 'URL 3: url is there already, with another filter'],
  ['http://a events=push http://a events=issues', 'URL 2: url is there already, with another filter'],
])('refuses %j: %s', (text, fault) => {
  expect(readBackendList(text)).toBe(fault);
});
