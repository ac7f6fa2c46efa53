import { type Tools } from '../tools.js';
import { type BackendSet } from './backend-set.js';
import { nginxBackends } from './nginx-backends.js';
import { ProgramBackends } from './program-backends.js';

/** The cheapest backends there are here. */
export const healthyBackends = ({ nginx }: Tools, count: number): Promise<BackendSet> =>
  nginx === undefined ? ProgramBackends.start(count) : nginxBackends(nginx, count);
