import { IsOptional } from 'class-validator';

import { ListenHost, ReadableFile, Variable, WholeNumber } from '../variable.decorators.js';

/** Where webhooks come in, and who administers the service. */
export class ListenerVariables {
  @Variable({ effect: 'address that this listener and that of the metrics bind; unset: all interfaces' })
  @IsOptional()
  @ListenHost()
  SPRAYPROXY_SERVER_HOST?: string;

  @Variable({ default: '8080', effect: 'port of the listener that serves everything; 0 takes a free one' })
  @WholeNumber(0, 65_535)
  SPRAYPROXY_SERVER_PORT!: number;

  @Variable({
    effect:
      'port of a listener that serves `POST /proxy`, `/healthz` and `/readyz`, and nothing else: the one for the internet, where a proxy guards the other; 0 takes a free one; unset: none',
  })
  @IsOptional()
  @WholeNumber(0, 65_535)
  SPRAYPROXY_WEBHOOK_PORT?: number;

  @Variable({ effect: 'address it binds; unset: all interfaces' })
  @IsOptional()
  @ListenHost()
  SPRAYPROXY_WEBHOOK_HOST?: string;

  @Variable({ effect: 'PEM certificate file; with the key, it is served over TLS 1.2 or newer' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_WEBHOOK_CERT?: string;

  @Variable({ effect: 'PEM key file of that certificate' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_WEBHOOK_KEY?: string;
}
