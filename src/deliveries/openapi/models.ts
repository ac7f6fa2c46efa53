import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { FORWARD_STATES, type ForwardState } from '../../model/forward.js';
import { type Outcome, OUTCOMES } from '../../model/outcome.js';
import type * as view from '../delivery-view.js';

/** What `delivery-view.ts` declares, once more as classes, because types are gone at run time. */
export class Attempt implements view.AttemptView {
  @ApiProperty({ type: String, format: 'date-time', description: 'When it began.' })
  at!: string;
  @ApiProperty({ enum: OUTCOMES })
  outcome!: Outcome;
  @ApiProperty({ type: Number })
  durationMs!: number;
  @ApiPropertyOptional({ type: 'integer', description: 'HTTP status; absent: no answer came.' })
  status?: number;
  @ApiPropertyOptional({ type: String, description: 'Why no answer came.' })
  error?: string;
  @ApiPropertyOptional({ type: String, description: 'Beginning of the answer that came with a failure.' })
  answer?: string;
}

class ForwardFields {
  @ApiProperty({ type: String, description: 'URL of the backend.' })
  backend!: string;
  @ApiProperty({ enum: FORWARD_STATES })
  state!: ForwardState;
  @ApiPropertyOptional({ type: String, description: 'Why it is dead.' })
  reason?: string;
  @ApiProperty({ type: 'integer' })
  attemptCount!: number;
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'An attempt is running.' })
  runningSince?: string;
}

export class ForwardSummary extends ForwardFields implements view.ForwardSummary {
  @ApiPropertyOptional({ type: Attempt })
  lastAttempt?: Attempt;
}

export class Forward extends ForwardFields implements view.ForwardView {
  @ApiProperty({ type: [Attempt], description: 'The latest 10, oldest first.' })
  attempts!: Attempt[];
}

class DeliveryFields implements view.DeliveryFields {
  @ApiProperty({ type: String })
  id!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  receivedAt!: string;
  @ApiPropertyOptional({ type: String, description: 'X-GitHub-Delivery' })
  guid?: string;
  @ApiPropertyOptional({ type: String, description: 'X-GitHub-Event' })
  event?: string;
  @ApiPropertyOptional({ type: String, example: 'octocat/hello-world' })
  repository?: string;
  @ApiPropertyOptional({ type: String })
  requestId?: string;
  @ApiProperty({ type: 'integer' })
  payloadBytes!: number;
  @ApiProperty({ type: Boolean, description: 'Whether it can be sent again from here.' })
  payloadKept!: boolean;
}

export class DeliverySummary extends DeliveryFields implements view.DeliverySummary {
  @ApiProperty({ type: [ForwardSummary] })
  forwards!: ForwardSummary[];
}

export class Delivery extends DeliveryFields implements view.DeliveryView {
  @ApiProperty({ type: [Forward] })
  forwards!: Forward[];
}

export class DeliveryList implements view.DeliveryList {
  @ApiProperty({ type: [DeliverySummary], description: 'Newest first.' })
  deliveries!: DeliverySummary[];
  @ApiProperty({ type: String, nullable: true, description: 'cursor of the next page; null: there is none.' })
  next!: string | null;
}

export class Discarded extends DeliveryFields implements view.DiscardView {
  @ApiProperty({ type: [Forward], description: 'As they were.' })
  discarded!: Forward[];
}

export class Resend {
  @ApiPropertyOptional({ type: String, description: 'URL of the one backend; absent: all of the delivery.' })
  backend?: string;
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Those that have answered it too.' })
  accepted?: boolean;
}
