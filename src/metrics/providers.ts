import { type Provider } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';

import {
  INBOUND_REQUESTS,
  FORWARDED_REQUESTS,
  RESPONSE_TIME,
  WEBHOOKS_REJECTED,
  CONNECTIONS,
  CONNECTIONS_EVICTED,
  HANDSHAKES_FAILED,
  WEBHOOKS_IN_FLIGHT,
  WEBHOOK_PAYLOAD_BYTES,
  WEBHOOK_ANSWER_SECONDS,
  INFLIGHT_PAYLOAD_BYTES,
  INFLIGHT_MAX_BYTES,
  INFLIGHT_WAIT_SECONDS,
  FORWARD_ATTEMPT_SECONDS,
  FORWARD_RETRIES,
  FORWARDS_FILTERED,
  FORWARDS_SIGNED_ANEW,
  FORWARDS_OWED,
  FORWARDS_DEAD,
  OLDEST_OWED_SECONDS,
  BACKEND_DOWN,
  BACKEND_PAUSED,
  SPOOL_BYTES,
  SPOOL_MAX_BYTES,
  SPOOL_WRITE_SECONDS,
  SPOOL_WRITE_FAILURES,
  SPOOL_CONNECTED,
  SPOOL_VERB_SECONDS,
  CLAIMS_LOST,
  REMEMBERING_LAG_SECONDS,
  DELIVERIES_NOT_REMEMBERED,
  RECOVERY_ROUNDS,
  RECOVERY_FAILED,
  RECOVERY_REQUESTS,
  RECOVERED,
  RECOVERY_GIVEN_UP,
  RECOVERY_AGE_SECONDS,
  RELOAD_FAILURES,
  READY,
  MEMORY_USED_BYTES,
  MEMORY_LIMIT_BYTES,
  BACKENDS,
  BUILD_INFO,
} from './names.js';

// From a backend on the same host to the 15 s an attempt may take; 202 goes out at 8 s, GitHub gives up at 10 s.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 10, 15];

// A wait for room ends after 5 s.
const WAIT_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

// From a commit to memory to a disk that is hopelessly behind.
const WRITE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const metricProviders: Provider[] = [
  makeCounterProvider({
    name: INBOUND_REQUESTS,
    help: 'Webhooks that came in, before any check.',
  }),
  makeCounterProvider({
    name: FORWARDED_REQUESTS,
    help: 'Attempts to forward a webhook to a backend. error: none, http-error (it answered with a failure), non-http-error (it did not answer).',
    labelNames: ['host', 'error'],
  }),
  makeHistogramProvider({
    name: RESPONSE_TIME,
    help: 'Time until a backend answered an attempt, in seconds. Attempts without an answer do not count.',
    buckets: [0.005, 0.05, 0.5, 5],
  }),
  makeCounterProvider({
    name: WEBHOOKS_REJECTED,
    help: 'Webhooks that were not forwarded. reason: signature, size, aborted (the sender hung up), timeout (it did not arrive in time, or too slowly), overload (no room), malformed (it is no HTTP), headers (they are too large).',
    labelNames: ['reason'],
  }),
  makeGaugeProvider({
    name: CONNECTIONS,
    help: 'Open connections of senders.',
  }),
  makeCounterProvider({
    name: CONNECTIONS_EVICTED,
    help: 'Connections of senders that were closed to make place for others, those idle longest first.',
  }),
  makeCounterProvider({
    name: HANDSHAKES_FAILED,
    help: 'Connections of senders that came to no TLS. reason: timeout, evicted (it gave way to another), failed (they could not agree, or it is no TLS).',
    labelNames: ['reason'],
  }),
  makeGaugeProvider({
    name: WEBHOOKS_IN_FLIGHT,
    help: 'Webhooks that have come in and are not answered yet.',
  }),
  makeHistogramProvider({
    name: WEBHOOK_PAYLOAD_BYTES,
    help: 'Size of the payloads of verified webhooks, in bytes.',
    buckets: [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 26_214_400],
  }),
  makeHistogramProvider({
    name: WEBHOOK_ANSWER_SECONDS,
    help: 'Time until the sender of a webhook got its answer, in seconds, by HTTP status.',
    labelNames: ['status'],
    buckets: SECONDS,
  }),
  makeGaugeProvider({
    name: INFLIGHT_PAYLOAD_BYTES,
    help: 'Bytes of memory reserved for payloads.',
  }),
  makeGaugeProvider({
    name: INFLIGHT_MAX_BYTES,
    help: 'Bytes of memory that payloads may take.',
  }),
  makeHistogramProvider({
    name: INFLIGHT_WAIT_SECONDS,
    help: 'How long payloads waited that found no room at once, in seconds. result: admitted, refused (no room in time), aborted (nobody wanted it any more).',
    labelNames: ['result'],
    buckets: WAIT_SECONDS,
  }),
  makeHistogramProvider({
    name: FORWARD_ATTEMPT_SECONDS,
    help: 'Duration of attempts in seconds, those without an answer included. outcome: accepted, rejected, refused, unknown.',
    labelNames: ['host', 'outcome'],
    buckets: SECONDS,
  }),
  makeCounterProvider({
    name: FORWARD_RETRIES,
    help: 'Attempts to send what was owed. outcome: accepted, rejected, refused, unknown.',
    labelNames: ['outcome'],
  }),
  makeCounterProvider({
    name: FORWARDS_FILTERED,
    help: 'Webhooks that a backend was not sent, as its filter leaves them out, by host; a redelivery that fills gaps does not count.',
    labelNames: ['host'],
  }),
  makeCounterProvider({
    name: FORWARDS_SIGNED_ANEW,
    help: 'Forwards that were owed while the secret was rotated, sent with a new signature.',
  }),
  makeGaugeProvider({
    name: FORWARDS_OWED,
    help: 'Forwards in the spool that will be sent, by host of the backend.',
    labelNames: ['host'],
  }),
  makeGaugeProvider({
    name: FORWARDS_DEAD,
    help: 'Forwards in the spool that will not be sent again by themselves, by host of the backend.',
    labelNames: ['host'],
  }),
  makeGaugeProvider({
    name: OLDEST_OWED_SECONDS,
    help: 'Age of the oldest forward owed, in seconds, by host of the backend.',
    labelNames: ['host'],
  }),
  makeGaugeProvider({
    name: BACKEND_DOWN,
    help: '1 while the circuit breaker of a backend is open (five failures in a row), by host; 0 while it is paused.',
    labelNames: ['host'],
  }),
  makeGaugeProvider({
    name: BACKEND_PAUSED,
    help: '1 while a backend is paused, by host.',
    labelNames: ['host'],
  }),
  makeGaugeProvider({
    name: SPOOL_BYTES,
    help: 'Bytes the deliveries in the spool take.',
  }),
  makeGaugeProvider({
    name: SPOOL_MAX_BYTES,
    help: 'Bytes the spool may hold; 0: there is none.',
  }),
  makeHistogramProvider({
    name: SPOOL_WRITE_SECONDS,
    help: 'Time until a change of the spool was on disk, or had failed, in seconds.',
    buckets: WRITE_SECONDS,
  }),
  makeCounterProvider({
    name: SPOOL_WRITE_FAILURES,
    help: 'Changes of the spool that could not be written to disk.',
  }),
  makeGaugeProvider({
    name: SPOOL_CONNECTED,
    help: '1: what is owed can be kept now. 0: the spool is away, or there is none.',
  }),
  makeHistogramProvider({
    name: SPOOL_VERB_SECONDS,
    help: 'Time that a verb of the spool took, in seconds, whatever came of it; of a spool in a database only.',
    labelNames: ['verb'],
    buckets: WRITE_SECONDS,
  }),
  makeCounterProvider({
    name: CLAIMS_LOST,
    help: 'Attempts that ended after another process had taken over their claim, since this one was taken for gone.',
  }),
  makeGaugeProvider({
    name: REMEMBERING_LAG_SECONDS,
    help: 'Age of the oldest delivery that is to be remembered in the database and is not yet, in seconds.',
  }),
  makeCounterProvider({
    name: DELIVERIES_NOT_REMEMBERED,
    help: 'Deliveries that went well and that /deliveries will not show: the database was away, or behind.',
  }),
  makeCounterProvider({
    name: RECOVERY_ROUNDS,
    help: "Looks at GitHub's list of deliveries. result: good, failed.",
    labelNames: ['result'],
  }),
  makeGaugeProvider({
    name: RECOVERY_FAILED,
    help: 'Webhooks that GitHub could not deliver, and that may still come by recovery.',
  }),
  makeCounterProvider({
    name: RECOVERY_REQUESTS,
    help: 'Requests to GitHub to send a webhook again.',
  }),
  makeCounterProvider({
    name: RECOVERED,
    help: 'Webhooks that GitHub could deliver after it had been asked to send them again.',
  }),
  makeCounterProvider({
    name: RECOVERY_GIVEN_UP,
    help: 'Webhooks that GitHub is asked for no more: it could not deliver them, however often it was asked.',
  }),
  makeGaugeProvider({
    name: RECOVERY_AGE_SECONDS,
    help: "Time since GitHub's list of deliveries was last read, in seconds; 0: another process does that, or nobody.",
  }),
  makeCounterProvider({
    name: RELOAD_FAILURES,
    help: 'Files that changed and could not be used; what was read before stays in use. variable: which names the file. reason: unreadable, empty, too-large, not-text, not-a-secret, too-short, too-many (secrets), unusable (certificates).',
    labelNames: ['variable', 'reason'],
  }),
  makeGaugeProvider({
    name: READY,
    help: '1 while new webhooks are welcome; 0 from the moment a shutdown begins, and while the spool is lost.',
  }),
  makeGaugeProvider({
    name: MEMORY_USED_BYTES,
    help: 'Bytes of memory the process has taken, without files that are mapped, whose room the kernel can have back.',
  }),
  makeGaugeProvider({
    name: MEMORY_LIMIT_BYTES,
    help: 'Bytes of memory the process may have before the kernel ends it; 0: no limit is known.',
  }),
  makeGaugeProvider({
    name: BACKENDS,
    help: 'Backends that webhooks are forwarded to. origin: static, registered.',
    labelNames: ['origin'],
  }),
  makeGaugeProvider({
    name: BUILD_INFO,
    help: 'Always 1; the labels tell what is running.',
    labelNames: ['version', 'node'],
  }),
];
