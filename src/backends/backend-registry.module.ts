import { Module } from '@nestjs/common';

import { BackendRegistry } from './backend-registry.js';

@Module({ providers: [BackendRegistry], exports: [BackendRegistry] })
export class BackendRegistryModule {}
