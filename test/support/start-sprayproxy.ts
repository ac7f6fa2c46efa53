import { ON_FREE_PORTS, Program } from '../../testing/run-program.js';
import { onCleanup } from './cleanup.js';

export { MAIN } from '../../testing/paths.js';
export { type LogLine, Program as Sprayproxy } from '../../testing/run-program.js';

export const SECRET = "It's a Secret to Everybody";

export interface RunningSprayproxy {
  readonly program: Program;
  /** `http://127.0.0.1:<port>` of the webhook listener. */
  readonly url: string;
  readonly port: number;
  /** Scheme and authority of the metrics listener. */
  readonly metricsUrl: string;
}

/** Runs the program until it ends by itself or the test is over. */
export function runSprayproxy(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['server'],
): Program {
  const program = Program.run({ env, sameGroup: true }, args);
  onCleanup(() => program.kill());
  return program;
}

/** Starts the program on free ports of the loopback interface and waits until it listens. */
export async function startSprayproxy(
  options: { backends?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<RunningSprayproxy> {
  const program = runSprayproxy({
    GH_APP_WEBHOOK_SECRET: SECRET,
    ...ON_FREE_PORTS,
    SPRAYPROXY_SERVER_BACKEND: (options.backends ?? []).join('\n'),
    ...options.env,
  });
  const { port, metricsPort } = await program.listening();
  const metricsScheme = options.env?.SPRAYPROXY_SERVER_METRICS_CERT === undefined ? 'http' : 'https';
  return {
    program,
    url: `http://127.0.0.1:${port}`,
    port,
    metricsUrl: `${metricsScheme}://127.0.0.1:${metricsPort}`,
  };
}
