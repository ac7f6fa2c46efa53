import { type Finding, ok, warning } from './check-result.js';

/** Whether there is any. @param registered as far as they are known */
export function checkBackends(statics: number, registered: number, dynamicBackendsEnabled: boolean): Finding {
  if (statics + registered > 0) return ok(`${statics} static, ${registered} registered`);
  if (dynamicBackendsEnabled) return ok('none yet; they may be registered');
  return warning('none: a webhook has nowhere to go', 'set SPRAYPROXY_SERVER_BACKEND');
}
