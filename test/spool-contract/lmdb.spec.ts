import { describeSpool } from './contract.js';
import { makeLmdbStore } from './lmdb-store.js';

describeSpool('lmdb', makeLmdbStore);
