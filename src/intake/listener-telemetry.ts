import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Gauge } from 'prom-client';

import { type HandshakeFault } from '../http/handshakes.js';
import { type CutOffReason } from '../http/cut-off.js';
import { type Refusal } from '../http/refusal.js';
import { WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { type ListenerObserver } from '../http/webhook-server.js';
import { OutsidersLog } from '../logging/outsiders-log.js';
import {
  CONNECTIONS,
  CONNECTIONS_EVICTED,
  HANDSHAKES_FAILED,
  type RejectionReason,
  WEBHOOKS_REJECTED,
} from '../metrics/names.js';

const REASONS: Readonly<Record<CutOffReason, RejectionReason>> = {
  malformed: 'malformed',
  headers: 'headers',
  timeout: 'timeout',
  aborted: 'aborted',
  evicted: 'overload',
};

/** Tells of connections, and of what is refused on them before it becomes a webhook. */
@Injectable()
export class ListenerTelemetry implements OnModuleInit, ListenerObserver {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly log: OutsidersLog,
    @InjectMetric(CONNECTIONS) private readonly connections: Gauge,
    @InjectMetric(CONNECTIONS_EVICTED) private readonly evictions: Counter,
    @InjectMetric(HANDSHAKES_FAILED) private readonly handshakes: Counter,
    @InjectMetric(WEBHOOKS_REJECTED) private readonly rejected: Counter,
  ) {}

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter instanceof WebhookHttpAdapter) httpAdapter.observe(this);
  }

  opened(connections: number): void {
    this.connections.set(connections);
  }

  evicted(busy: boolean): void {
    this.evictions.inc();
    this.log.warn({ busy }, 'connection evicted: there are too many');
  }

  refused({ status, cause }: Refusal): void {
    const reason = REASONS[cause.reason];
    this.rejected.inc({ reason });
    this.log.warn({ reason, why: cause.message, status }, 'webhook rejected');
  }

  handshakeFailed(reason: HandshakeFault, why: string): void {
    this.handshakes.inc({ reason });
    this.log.warn({ reason, why }, 'a connection came to no TLS');
  }
}
