import { IsOptional } from 'class-validator';

import { ListenHost, Variable, WholeNumber } from '../variable.decorators.js';

/** Where webhooks come in. */
export class ListenerVariables {
  @Variable({ effect: 'address both listeners bind; unset: all interfaces' })
  @IsOptional()
  @ListenHost()
  SPRAYPROXY_SERVER_HOST?: string;

  @Variable({ default: '8080', effect: 'port of the webhook listener; 0 takes a free one' })
  @WholeNumber(0, 65_535)
  SPRAYPROXY_SERVER_PORT!: number;
}
