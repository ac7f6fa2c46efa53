import { sharedPostgres } from '../support/postgres/start-postgres.js';
import { describeSpool } from './contract.js';
import { describeFilters } from './filters.js';
import { makePostgresStore } from './postgres-store.js';

const postgres = sharedPostgres();

describeSpool('PostgreSQL', () => makePostgresStore(postgres()));
describeFilters('PostgreSQL', () => makePostgresStore(postgres()));
