import { IsOptional, IsString } from 'class-validator';

import { ReadableFile, Variable } from '../variable.decorators.js';

/** What GitHub signs with. */
export class GithubVariables {
  @Variable({ effect: 'webhook secret of the GitHub App; required unless a file gives it' })
  @IsOptional()
  @IsString()
  GH_APP_WEBHOOK_SECRET?: string;

  @Variable({ effect: 'file with one secret a line, all accepted; read again when it changes' })
  @IsOptional()
  @ReadableFile()
  GH_APP_WEBHOOK_SECRET_FILE?: string;
}
