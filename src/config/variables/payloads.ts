import { GIB } from '../units.js';
import { Variable, WholeNumber } from '../variable.decorators.js';

/** How much memory payloads may take. */
export class PayloadVariables {
  // GitHub's own limit for a payload is 25 MB.
  @Variable({ default: '26214400', effect: 'largest payload, in bytes, itself included; larger: 413' })
  @WholeNumber(1, GIB)
  SPRAYPROXY_MAX_REQUEST_SIZE!: number;

  // Five payloads of the largest size; fits the 384 MiB the pod is given.
  @Variable({
    default: '134217728',
    effect:
      'payload bytes held at once, an eighth of them for payloads up to 1 MiB; a webhook waits 5 s for room, then 503',
  })
  @WholeNumber(1, 64 * GIB)
  SPRAYPROXY_MAX_INFLIGHT_BYTES!: number;
}
