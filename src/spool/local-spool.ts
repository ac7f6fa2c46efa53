import { Spool } from './spool.js';

const NOTHING = Promise.resolve(undefined);
const NONE = Promise.resolve([]);

/** A spool that one process has: it drains every backend, and what it does not keep is remembered elsewhere. */
export abstract class LocalSpool extends Spool {
  readonly remembers = false;

  get unready(): string | undefined {
    return this.fault;
  }

  isGone = (holder: string) => Promise.resolve(holder !== this.holder);
  untilUnclaimed = () => Promise.resolve(false);
  remember = () => NOTHING;
  forget = () => NOTHING;
  recall = () => NONE;
  past = () => NOTHING;
  listPast = () => NONE;
  drains = () => true;
  announce = () => undefined;
  isWantedElsewhere = () => false;
  retire = () => NOTHING;
}
