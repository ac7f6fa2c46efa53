import { checkBackends } from './backends.check.js';

it.each([
  [2, 1, true, 'ok', '2 static, 1 registered'],
  [0, 0, true, 'ok', 'none yet; they may be registered'],
  [0, 0, false, 'warning', 'none: a webhook has nowhere to go'],
])(
  '%d static and %d registered backends, dynamic ones %s: %s',
  (statics, registered, dynamic, status, detail) => {
    expect(checkBackends(statics, registered, dynamic)).toMatchObject({ status, detail });
  },
);
