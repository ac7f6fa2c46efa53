import { itFollowsTheModel } from '../spool-contract/contract.js';
import { makeLmdbStore } from '../spool-contract/lmdb-store.js';

itFollowsTheModel(makeLmdbStore, 100);
