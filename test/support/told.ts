import { type Spool, type SpoolEvent } from '../../src/spool/spool.js';

/** The next event of a spool that meets a condition. */
export const told = (spool: Spool, isMet: (event: SpoolEvent) => boolean): Promise<SpoolEvent> =>
  new Promise((resolve) => {
    const end = spool.watch((event) => {
      if (!isMet(event)) return;
      end();
      resolve(event);
    });
  });
