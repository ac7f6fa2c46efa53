import { IsOptional, IsString } from 'class-validator';

import { PasswordFile, SpoolUrl } from '../spool.decorators.js';
import { GoBoolean, Variable, WholeNumber } from '../variable.decorators.js';

/** Where what is owed is kept. */
export class SpoolVariables {
  // Off: the original's manifests give no writable volume.
  @Variable({
    default: 'off',
    effect:
      'where what is still owed is kept: file:<directory>, postgres://user@host/database, or off; off: a failed backend means 502',
  })
  @SpoolUrl()
  SPRAYPROXY_SPOOL_URL!: string;

  @Variable({ effect: 'file with the password for postgres:// in its first line; read for each connection' })
  @IsOptional()
  @PasswordFile()
  SPRAYPROXY_SPOOL_PASSWORD_FILE?: string;

  @Variable({ effect: 'that password, where neither the URL nor a file gives it' })
  @IsOptional()
  @IsString()
  PGPASSWORD?: string;

  @Variable({
    effect:
      'file with lines host:port:database:user:password for a postgres:// URL that has none; for its owner alone to read',
  })
  @IsOptional()
  @IsString()
  PGPASSFILE?: string;

  @Variable({
    default: 'false',
    effect:
      'takes a database whose synchronous_commit or fsync is off: a crash of it loses what was acknowledged',
  })
  @GoBoolean()
  SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT!: boolean;

  @Variable({ default: '10737418240', effect: 'bytes the spool may hold; full: 503' })
  @WholeNumber(1024 * 1024, 1024 ** 5)
  SPRAYPROXY_SPOOL_MAX_BYTES!: number;
}
