import definitions from '@octokit/webhooks-examples';

export interface Example {
  readonly event: string;
  readonly payload: Buffer;
}

/** Every payload that GitHub has published as an example, as the bytes it would send. */
export const examples = (): Example[] =>
  (definitions as unknown as { name: string; examples: object[] }[]).flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ event: name, payload: Buffer.from(JSON.stringify(payload)) })),
  );
