/** `--name=value` arguments as a map. */
export function flags(args: readonly string[] | undefined): Map<string, string> {
  return new Map(
    (args ?? []).map((arg) => {
      const found = /^--([a-z0-9-]+)=(.+)$/.exec(arg);
      if (!found) throw new Error(`not of the form --flag=value: ${arg}`);
      const [, name = '', value = ''] = found;
      return [name, value];
    }),
  );
}

/** The port of `host:port`. */
export function portOf(address: string | undefined): number {
  return Number(/:(\d+)$/.exec(address ?? '')?.[1]);
}
