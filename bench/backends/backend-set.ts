/** Backends that were started for one run. */
export interface BackendSet {
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

export const loopbackUrl = (port: number): string => `http://127.0.0.1:${port}`;
