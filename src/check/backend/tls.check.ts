import { type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type Socket } from 'node:net';
import { checkServerIdentity, connect, type SecureContext, type TLSSocket } from 'node:tls';

import { serverName } from '../../forwarding/client/server-name.js';
import { type Backend } from '../../model/backend.js';
import { printable } from '../../model/printable.js';
import { checkValidity } from '../certificate.check.js';
import { fault, type Finding, joined, ok } from '../check-result.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';

const MAX_NAME = 80;
const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
const EXPIRED: readonly string[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

export interface TlsOptions {
  /** Whether a certificate that cannot be trusted is taken all the same. */
  readonly skipVerify: boolean;
  readonly secureContext: SecureContext;
  /** ms since the epoch */
  readonly now: number;
}

/** Shakes hands, then looks at the certificate: its chain, its name and its last day. */
export async function checkTls(
  { hostname }: Backend,
  socket: Socket,
  { skipVerify, secureContext, now }: TlsOptions,
  signal: AbortSignal,
): Promise<Stage<TLSSocket>> {
  const secure = connect({
    socket,
    host: hostname,
    servername: serverName(hostname),
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // Else one fault would hide the others.
    rejectUnauthorized: false,
  });
  secure.on('error', () => undefined);
  try {
    await within(signal, once(secure, 'secureConnect'));
  } catch (error) {
    secure.destroy();
    return { finding: noHandshake(codeOf(error)) };
  }
  const finding = judgeCertificate(secure, hostname, now);
  if (finding.status === 'fault' && !skipVerify) {
    secure.destroy();
    return { finding };
  }
  return {
    finding: finding.status === 'fault' ? { ...finding, status: 'warning' } : finding,
    passed: secure,
  };
}

function noHandshake(code: string): Finding {
  if (code === TIMED_OUT) {
    return fault('no TLS handshake in time', 'see whether something on the way holds connections up');
  }
  return fault(
    `no TLS handshake (${code})`,
    'see whether TLS is spoken on this port; if not, the URL begins with http://',
  );
}

function judgeCertificate(secure: TLSSocket, hostname: string, now: number): Finding {
  // Asked a second time, Node 20 gives nothing.
  const certificate = secure.getPeerX509Certificate();
  if (certificate === undefined) return fault('there is no certificate', 'see whether TLS is set up there');
  const validity = checkValidity(certificate, now);
  return joined(
    [
      ok(`${String(secure.getProtocol())}, by ${issuerOf(certificate)}`),
      chain(secure, validity),
      name(certificate, hostname),
      validity,
    ].filter((finding) => finding !== undefined),
  );
}

/** What the verification says, but of what `validity` has said already. */
function chain({ authorizationError }: TLSSocket, validity: Finding): Finding | undefined {
  // Its type says Error; it is the code of one.
  const code = authorizationError as unknown as string | null | undefined;
  if (code === null || code === undefined || code === WRONG_NAME) return undefined;
  if (EXPIRED.includes(code)) {
    if (validity.status === 'fault') return undefined;
    return fault(`a certificate of its chain is out of date (${code})`, 'renew the chain that is served');
  }
  return fault(
    `its authority is not trusted (${code})`,
    'put the certificate of the authority, and those between, into the file of SPRAYPROXY_BACKEND_CA_FILE',
  );
}

function name(certificate: X509Certificate, hostname: string): Finding | undefined {
  const error = checkServerIdentity(hostname, certificate.toLegacyObject());
  if (error === undefined) return undefined;
  const names = certificate.subjectAltName ?? certificate.subject;
  return fault(
    `the certificate is for another name (${printable(names, MAX_NAME)})`,
    'use a name of the certificate in the URL, or have one made for this name',
  );
}

/** Of a name such as `C=US\nO=Let's Encrypt\nCN=R11` the last part. */
const issuerOf = ({ issuer }: X509Certificate): string =>
  printable(/(?:CN|O)=([^\n]*)$/.exec(issuer)?.[1] ?? issuer, MAX_NAME);
