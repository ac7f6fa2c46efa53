import { IsOptional } from 'class-validator';

import { Secret, SecretFile } from '../secret.decorators.js';
import { Variable } from '../variable.decorators.js';

/** What GitHub signs with. */
export class GithubVariables {
  @Variable({
    effect: 'webhook secret of the GitHub App, at least 16 characters; required unless a file gives it',
  })
  @IsOptional()
  @Secret()
  GH_APP_WEBHOOK_SECRET?: string;

  @Variable({ effect: 'file with one secret a line, at most 8, all accepted; read again when it changes' })
  @IsOptional()
  @SecretFile()
  GH_APP_WEBHOOK_SECRET_FILE?: string;
}
