import { ValidateBy, type ValidationArguments } from 'class-validator';

import { readSecretFile } from './secret-file.js';
import { type ReadSecrets, readSecrets, SecretFault } from './secrets.js';
import { isReadableFile } from './variable.decorators.js';

/** A webhook secret. */
export const Secret = (): PropertyDecorator =>
  holdsSecrets((text) => {
    if (text.startsWith('/') && isReadableFile(text)) {
      throw new SecretFault(
        'not-a-secret',
        'hold the secret itself; GH_APP_WEBHOOK_SECRET_FILE names a file',
      );
    }
    const found = readSecrets(Buffer.from(text));
    if (found.secrets.length > 1) {
      throw new SecretFault('too-many', 'hold one secret; GH_APP_WEBHOOK_SECRET_FILE takes several');
    }
    return found;
  });

/** The path of a file with webhook secrets, one a line. */
export const SecretFile = (): PropertyDecorator =>
  holdsSecrets((path) => {
    // One that is no file, a named pipe, say, might keep whoever opens it waiting.
    if (!isReadableFile(path)) throw new SecretFault('unreadable', 'name a file that this process can read');
    return readSecretFile(path);
  });

/** A fault tells what must be otherwise, and nothing of what is there. */
const holdsSecrets = (read: (value: string) => ReadSecrets): PropertyDecorator => {
  const faultOf = (value: unknown): string | undefined => {
    try {
      read(value as string);
      return undefined;
    } catch (error) {
      if (error instanceof SecretFault) return error.message;
      throw error;
    }
  };
  return ValidateBy({
    name: 'holdsSecrets',
    validator: {
      validate: (value: unknown) => faultOf(value) === undefined,
      defaultMessage: (fault?: ValidationArguments) => `$property must ${faultOf(fault?.value) ?? ''}`,
    },
  });
};
