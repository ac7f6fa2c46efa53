import 'reflect-metadata';

import { variablesOf } from './variable.decorators.js';
import { BackendVariables } from './variables/backends.js';
import { DeliveriesVariables } from './variables/deliveries.js';
import { ForwardingVariables } from './variables/forwarding.js';
import { GithubVariables } from './variables/github.js';
import { LifecycleVariables } from './variables/lifecycle.js';
import { ListenerVariables } from './variables/listener.js';
import { MetricsVariables } from './variables/metrics.js';
import { OutgoingVariables } from './variables/outgoing.js';
import { PayloadVariables } from './variables/payloads.js';
import { RecoveryVariables } from './variables/recovery.js';
import { RetryVariables } from './variables/retries.js';
import { SpoolVariables } from './variables/spool.js';
import { WebhookVariables } from './variables/webhooks.js';

/** What is declared together. */
export const CONCERNS = [
  ListenerVariables,
  BackendVariables,
  WebhookVariables,
  MetricsVariables,
  ForwardingVariables,
  OutgoingVariables,
  PayloadVariables,
  SpoolVariables,
  RetryVariables,
  DeliveriesVariables,
  LifecycleVariables,
  GithubVariables,
  RecoveryVariables,
] as const;

/** Every variable by its name, in the order in which it is documented. */
export const documentedVariables = new Map(CONCERNS.flatMap((concern) => [...variablesOf(concern)]));

/**
 * Every environment variable the program knows, as the environment spells it. Durations hold ms, sizes bytes.
 * Names it does not know are left alone: platforms set `SPRAYPROXY_*` variables for other programs.
 */
export type EnvironmentVariables = ListenerVariables &
  BackendVariables &
  WebhookVariables &
  MetricsVariables &
  ForwardingVariables &
  OutgoingVariables &
  PayloadVariables &
  SpoolVariables &
  RetryVariables &
  DeliveriesVariables &
  LifecycleVariables &
  GithubVariables &
  RecoveryVariables;
