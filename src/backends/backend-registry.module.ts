import { Module } from '@nestjs/common';

import { SpoolModule } from '../spool/spool.module.js';
import { BackendRegistry } from './backend-registry.js';

@Module({ imports: [SpoolModule], providers: [BackendRegistry], exports: [BackendRegistry] })
export class BackendRegistryModule {}
