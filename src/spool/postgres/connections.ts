import pg from 'pg';
import { parse, toClientConfig } from 'pg-connection-string';

/** A server that answers no more is not waited for: whoever wants to store something has nine seconds. */
export const CONNECT_TIMEOUT_MS = 3000;
/** The slowest statement writes a slice of a payload. */
export const STATEMENT_TIMEOUT_MS = 5000;
/** A statement that nobody waits for any more may still be made for a while. */
export const MAY_BE_MADE_FOR_MS = 2 * STATEMENT_TIMEOUT_MS;
/** Rows are locked for one statement. */
const LOCK_TIMEOUT_MS = 2000;
/** Between the slices of a payload. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/** The server is to end what the program has given up. */
const TIMEOUTS = [
  `statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  `lock_timeout=${LOCK_TIMEOUT_MS}`,
  `idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
].map((setting) => `-c ${setting}`);

/** Ids are microseconds since the epoch, which are exact as numbers for 200 years; the driver leaves them as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === pg.types.builtins.INT8
      ? Number
      : (pg.types.getTypeParser(type, format) as (text: string) => unknown),
};

/** Makes connections as the URL says. */
export class Connections {
  readonly pool: pg.Pool;
  readonly #config: pg.ClientConfig;
  readonly #Client: new () => pg.Client;
  /** Some poolers refuse a connection that sets something. */
  #takesSettings = true;

  /**
   * @param password asked for each connection; `undefined`: that of the URL, else as libpq would find it
   * @throws Error if the URL cannot be understood, or a file that it names cannot be read
   */
  constructor(url: string, password: () => string | undefined, size: number) {
    // What `sslmode` means in PostgreSQL's documentation; the driver's own meaning is about to change.
    const { options = '', ...config } = toClientConfig(parse(url, { useLibpqCompat: true }));
    this.#config = {
      application_name: 'sprayproxy',
      ...config,
      types,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + 1000,
      keepAlive: true,
    };
    const configNow = (): pg.ClientConfig => {
      const secret = secretNow(() => password() ?? config.password);
      return {
        ...this.#config,
        ...(secret !== undefined && { password: secret }),
        ...(this.#takesSettings && { options: [options, ...TIMEOUTS].join(' ') }),
      };
    };
    this.#Client = class extends pg.Client {
      constructor() {
        super(configNow());
        // Whoever uses it hears of it by what he does; without a listener, the process would end.
        this.on('error', () => undefined);
        // The driver would leave a connection open for which there was no password.
        this.connection.on('error', () => this.connection.stream.destroy());
      }
    };
    this.pool = new pg.Pool({ ...this.#config, max: size, Client: this.#Client });
    this.pool.on('error', () => undefined);
  }

  /** Where it connects to, without the password. */
  get place(): string {
    const { user, host, port, database } = new this.#Client();
    return `${user === undefined ? '' : `${user}@`}${host}:${port}/${database ?? ''}`;
  }

  /** One of its own, beside the pool. */
  async connect(): Promise<pg.Client> {
    const client = new this.#Client();
    await this.#adapting(() => client.connect());
    return client;
  }

  /** One of the pool. */
  take(): Promise<pg.PoolClient> {
    return this.#adapting(() => this.pool.connect());
  }

  async #adapting<T>(connect: () => Promise<T>): Promise<T> {
    const tookSettings = this.#takesSettings;
    try {
      return await connect();
    } catch (error) {
      if (!tookSettings || !String(error).includes('unsupported startup parameter')) throw error;
      this.#takesSettings = false;
      return connect();
    }
  }
}

/** Where it cannot be read now, that is a fault of the connection: the pool makes some where nobody could catch one. */
function secretNow(read: () => pg.ClientConfig['password']): pg.ClientConfig['password'] {
  try {
    return read();
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
