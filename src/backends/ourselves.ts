import { isOurs, type OwnListener } from '../config/own-listeners.js';

/** Tells whether a backend would be this program itself: none may be, wherever it comes from. */
export class Ourselves {
  /** @param listeners where this process listens, now or soon */
  constructor(private readonly listeners: () => readonly OwnListener[]) {}

  /** @param hostname a name, of which the DNS is not asked, or an address without brackets */
  isAt(hostname: string, port: number): boolean {
    return isOurs({ hostname, port }, this.listeners());
  }
}
