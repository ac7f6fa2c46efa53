import { createHash } from 'node:crypto';

import { type Backend, type Received } from './backend.js';
import { type SentWebhook } from './github.js';

/** What became of one webhook at one backend. */
export interface Arrival {
  readonly webhook: SentWebhook;
  readonly backend: string;
  /** From sending until the backend had it whole, if it got it at all. */
  readonly tookMs: number | undefined;
  /** How it differs from what was sent; none: it came exactly once, every byte and every header as sent. */
  readonly faults: readonly string[];
}

export function compare(sent: readonly SentWebhook[], backend: Backend): Arrival[] {
  const byGuid = new Map<string, Received[]>();
  for (const received of backend.received) {
    const guid = String(received.headers['x-github-delivery']);
    byGuid.set(guid, [...(byGuid.get(guid) ?? []), received]);
  }
  return sent.map((webhook) => {
    const arrived = byGuid.get(webhook.guid) ?? [];
    const [first] = arrived;
    return {
      webhook,
      backend: backend.name,
      tookMs: first === undefined ? undefined : first.receivedAt - webhook.sentAt,
      faults: [
        ...(arrived.length === 1 ? [] : [`came ${arrived.length} times`]),
        ...new Set(arrived.flatMap((received) => differences(webhook, received))),
      ],
    };
  });
}

function differences({ payload, headers }: SentWebhook, received: Received): string[] {
  const found: string[] = [];
  if (received.method !== 'POST' || received.path !== '/')
    found.push(`came as ${received.method} ${received.path}`);
  if (received.bytes !== payload.length) {
    found.push(`has ${received.bytes} bytes instead of ${payload.length}`);
  } else if (received.sha256 !== createHash('sha256').update(payload).digest('hex')) {
    found.push('has other bytes');
  }
  for (const [name, value] of Object.entries(headers)) {
    const arrived = received.headers[name.toLowerCase()];
    if (arrived !== value) found.push(`has ${name}: ${String(arrived ?? 'none')} instead of ${value}`);
  }
  return found;
}
