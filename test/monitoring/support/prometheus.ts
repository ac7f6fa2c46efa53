import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';

import { onCleanup } from '../../support/cleanup.js';
import { closedPort } from '../../support/closed-port.js';

export interface Target {
  /** `host:port`, where `/metrics` is served in the clear. */
  readonly address: string;
  /** What the operator would add; `job` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether labels of its own stand before those. */
  readonly honorLabels?: boolean;
}

export interface PrometheusOptions {
  /** Configuration and data go there. */
  readonly directory: string;
  readonly targets: readonly Target[];
  /** Paths of rule files. */
  readonly ruleFiles?: readonly string[];
  readonly intervalSeconds?: number;
  /** Names to be put in the place of `host:port` in the label `host`, for whoever shows the data to people. */
  readonly hostNames?: ReadonlyMap<string, string>;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Answer<T> {
  readonly status: 'success' | 'error';
  readonly data: T;
  readonly error?: string;
}

/** A real Prometheus on loopback, as Debian packages it. */
export class Prometheus {
  private constructor(readonly url: string) {}

  /** Resolves once it has scraped every target: what happens from then on, it sees happen. */
  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const configFile = join(options.directory, 'prometheus.yaml');
    writeFileSync(configFile, stringify(configuration(options)));
    const address = `127.0.0.1:${await closedPort()}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(options.directory, 'data')}`,
        '--storage.tsdb.retention.time=30d',
        `--web.listen-address=${address}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onCleanup(async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    });
    await ready(child);
    const prometheus = new Prometheus(`http://${address}`);
    await prometheus.until(`count(up == 1) == ${options.targets.length}`);
    return prometheus;
  }

  /** Resolves once the expression has data. Prometheus tells nobody when it has scraped: it has to be asked. */
  async until(expression: string): Promise<void> {
    while ((await this.query(expression)).length === 0) await delay(100);
  }

  /** @param at seconds since the epoch; now, if absent. */
  async query(expression: string, at?: number): Promise<Sample[]> {
    const time = at === undefined ? {} : { time: String(at) };
    const { resultType, result } = await this.#ask<{ resultType: string; result: unknown }>('query', {
      query: expression,
      ...time,
    });
    if (resultType === 'scalar') return [{ metric: {}, value: Number((result as [number, string])[1]) }];
    return (result as { metric: Record<string, string>; value: [number, string] }[]).map(
      ({ metric, value: [, value] }) => ({ metric, value: Number(value) }),
    );
  }

  /** Every series of an expression over a time, one value each `stepSeconds`; times in seconds since the epoch. */
  async queryRange(
    expression: string,
    { start, end, stepSeconds }: { start: number; end: number; stepSeconds: number },
  ): Promise<{ metric: Record<string, string>; values: [at: number, value: number][] }[]> {
    const { result } = await this.#ask<{
      result: { metric: Record<string, string>; values: [number, string][] }[];
    }>('query_range', {
      query: expression,
      start: String(start),
      end: String(end),
      step: String(stepSeconds),
    });
    return result.map(({ metric, values }) => ({
      metric,
      values: values.map(([at, value]): [number, number] => [at, Number(value)]),
    }));
  }

  /** Every rule it evaluates, with its health. */
  async rules(): Promise<{ name: string; type: string; health: string; lastError?: string }[]> {
    const { groups } = await this.#ask<{
      groups: { rules: { name: string; type: string; health: string; lastError?: string }[] }[];
    }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async #ask<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = (await response.json()) as Answer<T>;
    if (status === 'error') throw new Error(`${error ?? 'no reason'}: ${JSON.stringify(parameters)}`);
    return data;
  }
}

function configuration({ targets, ruleFiles = [], intervalSeconds = 1, hostNames }: PrometheusOptions) {
  const interval = `${intervalSeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: targets.map(({ address, labels: { job, ...labels }, honorLabels = false }, index) => ({
      job_name: `target-${index}`,
      honor_labels: honorLabels,
      static_configs: [{ targets: [address], labels }],
      relabel_configs: [{ target_label: 'job', replacement: job }],
      metric_relabel_configs: [...(hostNames ?? [])].map(([host, name]) => ({
        source_labels: ['host'],
        regex: host.replaceAll('.', '\\.'),
        target_label: 'host',
        replacement: name,
      })),
    })),
  };
}

/** @throws what it said, if it ends instead. */
async function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (child.stderr === null) throw new Error('nothing to read from');
  const ended = once(child, 'exit').then(() => {
    throw new Error(`Prometheus ended:\n${said.join('\n')}`);
  });
  // Whoever ends it later is not to hear of it.
  ended.catch(() => undefined);
  const lines = createInterface(child.stderr);
  const isReady = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('Server is ready to receive web requests')) resolve();
    });
  });
  await Promise.race([isReady, ended]);
}
