/** No contact: nobody answered, or only a proxy did, for a service that is not there. */
const NOBODY = 0;
const GATEWAY: ReadonlySet<number> = new Set([502, 504]);

/** A proxy in front has answered with a page of its own, or leads to one: somebody has to sign in. */
const SIGNED_OUT = 401;

/** Why there is no answer to be shown. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    /** What was answered, in one line. */
    readonly text: string,
  ) {
    super(`${status} ${text}`);
  }

  static readonly nobody = (): Failure => new Failure(NOBODY, '');
  static readonly signedOut = (): Failure => new Failure(SIGNED_OUT, '');

  static of(error: unknown): Failure {
    return error instanceof Failure ? error : Failure.nobody();
  }

  get isLostContact(): boolean {
    return this.status === NOBODY || GATEWAY.has(this.status);
  }

  /** The service knows nothing of the delivery that was asked for. */
  get isUnknownDelivery(): boolean {
    return this.status === 404 && this.text === 'no such delivery';
  }

  /** In words, for whoever looks at the page. */
  get words(): string {
    if (this.isLostContact) return 'The service cannot be reached.';
    switch (this.status) {
      case 400:
        return `The service refuses this: ${this.text}.`;
      case 401:
        return 'You are not signed in, or not any more. Load the page again to sign in.';
      case 403:
        return `You may not do this${this.text === '' ? '' : `: ${this.text}`}.`;
      case 404:
        return this.text.includes('page not found')
          ? 'Not enabled: SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true switches it on at the service.'
          : `Not found: ${this.text}.`;
      case 409:
        return `This cannot be done: ${this.text}.`;
      case 503:
        return `The service cannot do this now: ${this.text}. Try again in a minute.`;
      default:
        return `The service has answered ${this.status}: ${this.text}`;
    }
  }
}
