import { type ReceivedWebhook } from '../testing/backend.js';
import { type DemoBackend } from './backend.js';
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

export function compare(sent: readonly SentWebhook[], backend: DemoBackend): Arrival[] {
  const byGuid = backend.taken();
  return sent.map((webhook) => {
    const arrived = byGuid.get(webhook.guid) ?? [];
    const [first] = arrived;
    return {
      webhook,
      backend: backend.name,
      tookMs: first === undefined ? undefined : first.at - webhook.sentAt,
      faults: [
        ...(arrived.length === 1 ? [] : [`came ${arrived.length} times`]),
        ...new Set(arrived.flatMap((received) => differences(webhook, received))),
      ],
    };
  });
}

function differences({ payload, headers }: SentWebhook, received: ReceivedWebhook): string[] {
  const found: string[] = [];
  if (received.method !== 'POST' || received.target !== '/')
    found.push(`came as ${received.method} ${received.target}`);
  if (received.body.length !== payload.length) {
    found.push(`has ${received.body.length} bytes instead of ${payload.length}`);
  } else if (!received.body.equals(payload)) {
    found.push('has other bytes');
  }
  for (const [name, value] of Object.entries(headers)) {
    const arrived = received.headers[name.toLowerCase()];
    if (arrived !== value) found.push(`has ${name}: ${String(arrived ?? 'none')} instead of ${value}`);
  }
  return found;
}
