/** Why a request ends that its sender has not brought to its end. */
export type CutOffReason =
  /** What came is no HTTP. */
  | 'malformed'
  /** Its header fields are larger than allowed. */
  | 'headers'
  /** It did not come in time. */
  | 'timeout'
  /** Its connection gave way to another one. */
  | 'evicted'
  /** The sender hung up. */
  | 'aborted';

/** What a request is destroyed with, for whoever reads its body. */
export class CutOff extends Error {
  constructor(
    readonly reason: CutOffReason,
    message: string,
  ) {
    super(message);
  }
}
