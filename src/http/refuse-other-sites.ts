import { type NextFunction, type Request, type Response } from 'express';
import { type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

import { SprayproxyError } from '../model/sprayproxy-error.js';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const JSON_TYPE = /^application\/json *(;|$)/i;

/** The ports that no origin names. */
const STANDARD_PORT = /:(80|443)$/;

/**
 * Lets a browser ask for a change only from a page of this very site, and only by what no form can send: whoever is logged in
 * at the proxy in front would else act for any page that they look at. What is no browser's passes.
 */
export function refuseOtherSites(
  { method, headers }: Request,
  _response: Response,
  next: NextFunction,
): void {
  next(READS.has(method) || !isOfBrowser(headers) ? undefined : faultOf(headers));
}

/** Wants JSON where a type is named, whoever asks: nothing older asks for it otherwise. */
export function expectJson({ method, headers }: Request, _response: Response, next: NextFunction): void {
  const type = headers['content-type'];
  next(READS.has(method) || type === undefined || JSON_TYPE.test(type) ? undefined : noJson());
}

const isOfBrowser = (headers: IncomingHttpHeaders): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

function faultOf(headers: IncomingHttpHeaders): SprayproxyError | undefined {
  if (!isSameOrigin(headers)) {
    return new SprayproxyError(
      'other-site',
      'a browser may ask for this from our own page only, by https, localhost or an IP address',
    );
  }
  return JSON_TYPE.test(headers['content-type'] ?? '') ? undefined : noJson();
}

const noJson = () => new SprayproxyError('no-json', 'send it with Content-Type: application/json');

/** The browser says so itself where it can; else by the name the page was asked for, whatever TLS stands in front. */
function isSameOrigin({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (origin !== undefined && mayBeRebound(origin)) return false;
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined || !/^https?:\/\//.test(origin)) return false;
  return nameOf(origin.replace(/^https?:\/\//, '')) === nameOf(host);
}

/** Whether a page of anybody may be there whose name leads here by now: TLS keeps it out, and an address is no name. */
function mayBeRebound(origin: string): boolean {
  const [, authority] = /^http:\/\/(.*)$/.exec(origin) ?? [];
  if (authority === undefined) return false;
  const hostname = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(hostname) === 0 && !/^(.+\.)?localhost$/i.test(hostname);
}

const nameOf = (authority: string): string => authority.toLowerCase().replace(STANDARD_PORT, '');
