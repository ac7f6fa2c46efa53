import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type TlsFiles } from '../config/key-pair.js';
import { checkValidity } from './certificate.check.js';
import { fault, type Finding } from './check-result.js';

/** The certificate of a listener, if it has one. @param now ms since the epoch */
export function checkListenerTls(files: TlsFiles | undefined, now: number): [subject: string, Finding][] {
  return files === undefined ? [] : [[files.certFile, judgeFile(files.certFile, now)]];
}

function judgeFile(file: string, now: number): Finding {
  try {
    return checkValidity(new X509Certificate(readFileSync(file)), now);
  } catch {
    return fault('holds no PEM certificate', 'name a file that begins with the certificate of the listener');
  }
}
