export const OUTCOMES = ['accepted', 'rejected', 'refused', 'unknown'] as const;

/**
 * What came of one attempt.
 * - accepted: the backend has taken the delivery.
 * - rejected: it has read it and said no; sending it again by itself would change nothing.
 * - refused: it cannot have taken it; sending it again is safe.
 * - unknown: it may have taken it; sending it again may start its pipelines twice.
 */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Client errors of which the webhook's own reader knows nothing: somebody in front of it says so, and means that it has not
 * been seen; or it is to come later.
 */
const REFUSED: ReadonlySet<number> = new Set([
  401, // Unauthorized: a login proxy
  403, // Forbidden: a mesh, a firewall
  404, // Not Found: an ingress without a route
  405, // Method Not Allowed: a page that stands in for it
  407, // Proxy Authentication Required
  408, // Request Timeout
  421, // Misdirected Request
  425, // Too Early
  429, // Too Many Requests
  503, // Service Unavailable: what a router answers for a service without a pod
]);

/**
 * Outcome of an attempt that was answered.
 * A redirect is refused: followed, the POST would become a GET, which Pipelines-as-Code answers with 200.
 * @param status final HTTP status, 200 to 599.   @see RFC 9110 section 15
 */
export function outcomeOfStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return 'accepted';
  if (status < 400 || REFUSED.has(status)) return 'refused';
  return status < 500 ? 'rejected' : 'unknown';
}

/** Outcome of an attempt that was not answered. @param requestBegan whether a byte of the request may have been sent. */
export const outcomeOfFailure = (requestBegan: boolean): Outcome => (requestBegan ? 'unknown' : 'refused');
