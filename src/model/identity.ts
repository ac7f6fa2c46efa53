import { hash } from 'node:crypto';

/** GitHub's GUIDs have 36 characters; nobody is to fill memory or an index with longer ones. */
export const MAX_GUID_LENGTH = 128;

/** SHA-256 of a payload, base64. */
export const payloadDigest = (payload: Buffer): string => hash('sha256', payload, 'base64');

/** What deliveries of one identity are found by: the GUID; the digest where there is none that could be kept. */
export const identityKey = (guid: string | undefined, digest: string): string =>
  guid !== undefined && guid.length <= MAX_GUID_LENGTH ? guid : digest;
