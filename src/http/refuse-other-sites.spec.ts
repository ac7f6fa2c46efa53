import { type Request, type Response } from 'express';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { expectJson, refuseOtherSites } from './refuse-other-sites.js';

const JSON_TYPE = { 'content-type': 'application/json' };

type Check = typeof expectJson;

/** The code of what it is refused with; `undefined`: it may pass. */
function verdict(check: Check, method: string, headers: Readonly<Record<string, string>>): unknown {
  let passed: unknown[] | undefined;
  check({ method, headers } as unknown as Request, {} as Response, (...args: unknown[]) => (passed = args));
  const [error] = passed ?? ['never called'];
  return error instanceof SprayproxyError ? error.code : error;
}

describe('what a browser asks for', () => {
  it.each([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://whatever.example.com', host: 'a' },
    { origin: 'https://ours.example.com', host: 'ours.example.com' },
    { origin: 'https://ours.example.com', host: 'OURS.example.com:443' },
    { origin: 'http://localhost:8080', host: 'localhost:8080' },
    { origin: 'http://[::1]:8080', host: '[::1]:8080' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://10.0.0.5:8080', host: '10.0.0.5:8080' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://a.localhost:8080', host: 'a.localhost:8080' },
  ])('passes from our own page: %j', (headers) => {
    expect(verdict(refuseOtherSites, 'POST', { ...JSON_TYPE, ...headers })).toBeUndefined();
    expect(verdict(refuseOtherSites, 'DELETE', { ...JSON_TYPE, ...headers })).toBeUndefined();
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://ours.example.com', host: 'ours.example.com' },
    { origin: 'https://evil.example.com', host: 'ours.example.com' },
    { origin: 'https://ours.example.com.evil.com', host: 'ours.example.com' },
    { origin: 'http://localhost:8081', host: 'localhost:8080' },
    { origin: 'null', host: 'null' },
    { origin: '', host: '' },
    { origin: 'file://', host: '' },
    { origin: 'https://ours.example.com' },
    // A name that has come to lead here.
    { 'sec-fetch-site': 'same-origin', origin: 'http://evil.com:8080', host: 'evil.com:8080' },
    { origin: 'http://evil.com:8080', host: 'evil.com:8080' },
    { origin: 'http://notlocalhost:8080', host: 'notlocalhost:8080' },
  ])('is refused from anywhere else: %j', (headers) => {
    expect(verdict(refuseOtherSites, 'POST', { ...JSON_TYPE, ...headers })).toBe('other-site');
  });

  it.each([
    undefined,
    'text/plain',
    'text/plain;application/json',
    'application/x-www-form-urlencoded',
    'application/jsonp',
  ])('must be JSON, not %s', (type) => {
    const headers = { 'sec-fetch-site': 'same-origin', ...(type !== undefined && { 'content-type': type }) };
    expect(verdict(refuseOtherSites, 'POST', headers)).toBe('no-json');
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('may be looked at from anywhere: %s', (method) => {
    expect(verdict(refuseOtherSites, method, { 'sec-fetch-site': 'cross-site' })).toBeUndefined();
  });
});

describe('what others ask for', () => {
  it('passes, whatever it says that it is', () => {
    expect(verdict(refuseOtherSites, 'POST', { 'content-type': 'text/plain', host: 'a' })).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    ['application/json', undefined],
    ['Application/JSON; charset=utf-8', undefined],
    ['application/x-www-form-urlencoded', 'no-json'],
    ['text/plain', 'no-json'],
    ['', 'no-json'],
  ])('where only JSON will do, %j: %s', (type, code) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    expect(verdict(expectJson, 'POST', headers)).toBe(code);
    expect(verdict(expectJson, 'GET', headers)).toBeUndefined();
  });
});
