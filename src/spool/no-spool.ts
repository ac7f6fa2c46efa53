import { randomUUID } from 'node:crypto';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { IdSequence } from './id-sequence.js';
import { LocalSpool } from './local-spool.js';
import { type Note, NotesInMemory } from './notes.js';

const NOTHING = Promise.resolve(undefined);
const NONE = Promise.resolve([]);

/** Stands in where there is no spool: it keeps nothing, and says so when it is asked to. */
export class NoSpool extends LocalSpool {
  readonly keeps = false;
  readonly holder = randomUUID();
  readonly fault = undefined;
  readonly bytes = 0;
  readonly #ids = new IdSequence();
  readonly #counts = new Map<never, never>();
  readonly #notes = new NotesInMemory();

  mayKnow = () => false;
  counts = () => this.#counts;
  nextId = (receivedAt: number) => this.#ids.next(receivedAt);
  store = () =>
    Promise.reject(
      new SprayproxyError('forwarding-failed', 'a backend did not get the delivery, and there is no spool'),
    );
  claim = () => NOTHING;
  settle = () => NOTHING;
  bury = () => NOTHING;
  revive = () => NOTHING;
  withdraw = () => NOTHING;
  amend = () => NOTHING;
  discard = () => NOTHING;
  release = () => NOTHING;
  owedTo = () => NONE;
  rejected = () => NONE;
  abandoned = () => NONE;
  get = () => NOTHING;
  payload = () => NOTHING;
  find = () => NONE;
  list = () => NONE;
  listAfter = () => NONE;
  getEach = () => NONE;
  registeredBackends = () => NONE;
  keepBackend = () => NOTHING;
  forgetBackend = () => NOTHING;
  noted = (names: readonly string[]) => Promise.resolve(this.#notes.noted(names));
  note = (note: Note, before: string | undefined) => Promise.resolve(this.#notes.note(note, before));
  forgetNotes = (before: number) => {
    this.#notes.forget(before);
    return NOTHING;
  };
  watch = () => () => undefined;
  close = () => NOTHING;
}
