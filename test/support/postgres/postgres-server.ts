export { type PostgresOptions, PostgresServer } from '../../../testing/postgres/postgres-server.js';
