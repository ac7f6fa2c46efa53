/**
 * Every metric of this program: name, labels, buckets. Times are in seconds, sizes in bytes.
 *
 * The first three are drawn without aggregation by dashboards that exist already: another label or bucket
 * would multiply their lines.
 */
export const INBOUND_REQUESTS = 'sprayproxy_http_inbound_requests_total';
export const FORWARDED_REQUESTS = 'sprayproxy_http_forwarded_requests_total';
export const RESPONSE_TIME = 'sprayproxy_http_response_time_duration_seconds';

export const WEBHOOKS_REJECTED = 'sprayproxy_webhooks_rejected_total';
export const CONNECTIONS = 'sprayproxy_connections';
export const CONNECTIONS_EVICTED = 'sprayproxy_connections_evicted_total';
export const HANDSHAKES_FAILED = 'sprayproxy_tls_handshakes_failed_total';
export const WEBHOOKS_IN_FLIGHT = 'sprayproxy_webhooks_in_flight';
export const WEBHOOK_PAYLOAD_BYTES = 'sprayproxy_webhook_payload_bytes';
export const WEBHOOK_ANSWER_SECONDS = 'sprayproxy_webhook_answer_duration_seconds';
export const INFLIGHT_PAYLOAD_BYTES = 'sprayproxy_inflight_payload_bytes';
export const INFLIGHT_MAX_BYTES = 'sprayproxy_inflight_payload_max_bytes';
export const INFLIGHT_WAIT_SECONDS = 'sprayproxy_inflight_wait_duration_seconds';
export const FORWARD_ATTEMPT_SECONDS = 'sprayproxy_forward_attempt_duration_seconds';
export const FORWARD_RETRIES = 'sprayproxy_forward_retries_total';
export const FORWARDS_FILTERED = 'sprayproxy_forwards_filtered_total';
export const FORWARDS_SIGNED_ANEW = 'sprayproxy_forwards_signed_anew_total';
export const FORWARDS_OWED = 'sprayproxy_forwards_owed';
export const FORWARDS_DEAD = 'sprayproxy_forwards_dead';
export const OLDEST_OWED_SECONDS = 'sprayproxy_oldest_owed_forward_age_seconds';
export const BACKEND_DOWN = 'sprayproxy_backend_down';
export const BACKEND_PAUSED = 'sprayproxy_backend_paused';
export const SPOOL_BYTES = 'sprayproxy_spool_bytes';
export const SPOOL_MAX_BYTES = 'sprayproxy_spool_max_bytes';
export const SPOOL_WRITE_SECONDS = 'sprayproxy_spool_write_duration_seconds';
export const SPOOL_WRITE_FAILURES = 'sprayproxy_spool_write_failures_total';
export const SPOOL_CONNECTED = 'sprayproxy_spool_connected';
export const SPOOL_VERB_SECONDS = 'sprayproxy_spool_verb_duration_seconds';
export const CLAIMS_LOST = 'sprayproxy_claims_lost_total';
export const REMEMBERING_LAG_SECONDS = 'sprayproxy_remembering_lag_seconds';
export const DELIVERIES_NOT_REMEMBERED = 'sprayproxy_deliveries_not_remembered_total';
export const RECOVERY_ROUNDS = 'sprayproxy_recovery_rounds_total';
export const RECOVERY_FAILED = 'sprayproxy_recovery_failed_deliveries';
export const RECOVERY_REQUESTS = 'sprayproxy_recovery_requests_total';
export const RECOVERED = 'sprayproxy_recovery_recovered_total';
export const RECOVERY_GIVEN_UP = 'sprayproxy_recovery_given_up_total';
export const RECOVERY_AGE_SECONDS = 'sprayproxy_recovery_last_good_round_age_seconds';
export const RELOAD_FAILURES = 'sprayproxy_reload_failures_total';
export const READY = 'sprayproxy_ready';
export const MEMORY_USED_BYTES = 'sprayproxy_memory_used_bytes';
export const MEMORY_LIMIT_BYTES = 'sprayproxy_memory_limit_bytes';
export const BACKENDS = 'sprayproxy_backends';
export const BUILD_INFO = 'sprayproxy_build_info';

/** Label `error` of `FORWARDED_REQUESTS`. */
export const FORWARD_ERRORS = ['none', 'http-error', 'non-http-error'] as const;
export type ForwardError = (typeof FORWARD_ERRORS)[number];

/** Label `reason` of `WEBHOOKS_REJECTED`. */
export const REJECTION_REASONS = [
  'signature',
  'size',
  'aborted',
  'timeout',
  'overload',
  'malformed',
  'headers',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Label `status` of `WEBHOOK_ANSWER_SECONDS`: what a webhook is answered with. */
export const ANSWER_STATUSES = [200, 202, 400, 408, 413, 500, 502, 503] as const;

/** Label `result` of `INFLIGHT_WAIT_SECONDS`. */
export const WAIT_RESULTS = ['admitted', 'refused', 'aborted'] as const;
export type WaitResult = (typeof WAIT_RESULTS)[number];

/** Label `result` of `RECOVERY_ROUNDS`. */
export const RECOVERY_RESULTS = ['good', 'failed'] as const;
export type RecoveryResult = (typeof RECOVERY_RESULTS)[number];

/** Label `reason` of `HANDSHAKES_FAILED`. */
export const HANDSHAKE_FAULTS = ['timeout', 'evicted', 'failed'] as const;
