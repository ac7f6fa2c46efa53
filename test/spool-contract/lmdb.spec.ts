import { describeSpool } from './contract.js';
import { describeFilters } from './filters.js';
import { makeLmdbStore } from './lmdb-store.js';

describeSpool('lmdb', makeLmdbStore);
describeFilters('lmdb', makeLmdbStore);
