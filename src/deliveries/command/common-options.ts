const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** What every verb takes, as `parseArgs` has it. */
export const COMMON_OPTIONS = { url: text, 'token-file': text, help: flag } as const;

/** The same for verbs that show something. */
export const SHOWING_OPTIONS = { ...COMMON_OPTIONS, json: flag } as const;

/** The filters of the list. */
export const FILTER_OPTIONS = {
  state: text,
  backend: text,
  guid: text,
  event: text,
  repository: text,
  since: text,
} as const;

/** Whom to ask, for help texts. */
export const CONNECTION_USAGE = `\
  --url <url>           where the service is [on this host, as SPRAYPROXY_SERVER_PORT and _HOST say]
  --token-file <file>   file with the bearer token for the proxy in front of it`;
