export type SprayproxyErrorCode =
  | 'signature'
  | 'payload-too-large'
  | 'payload-aborted'
  | 'payload-timeout'
  | 'payload-malformed'
  | 'overload'
  | 'forwarding-failed'
  | 'spool-full'
  | 'spool-failed'
  | 'spool-unsure'
  | 'invalid-json-body'
  | 'invalid-backend'
  | 'backend-unknown'
  | 'backend-not-paused'
  | 'no-spool'
  | 'invalid-request'
  | 'delivery-unknown'
  | 'operation-unknown'
  | 'payload-gone'
  | 'forward-conflict'
  | 'no-room'
  | 'other-site'
  | 'no-json';

/**
 * Something a caller is told of. Knows no HTTP status: the exception filter alone maps codes to answers.
 * The message is for the log, and for the caller only where the answers' table says so.
 */
export class SprayproxyError extends Error {
  constructor(
    readonly code: SprayproxyErrorCode,
    message: string,
  ) {
    super(message);
  }
}
