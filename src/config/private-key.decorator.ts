import { ValidateBy, type ValidationArguments } from 'class-validator';

import { PrivateKeyFault, readPrivateKey } from './private-key.js';
import { isReadableFile } from './variable.decorators.js';

/** The path of a file with an RSA private key that this process can read now. */
export const PrivateKeyFile = (): PropertyDecorator =>
  ValidateBy({
    name: 'privateKeyFile',
    validator: {
      validate: (path: unknown) => faultOf(path as string) === undefined,
      defaultMessage: (fault?: ValidationArguments) =>
        `$property must ${faultOf(fault?.value as string) ?? ''}`,
    },
  });

function faultOf(path: string): string | undefined {
  // One that is no file, a named pipe, say, might keep whoever opens it waiting.
  if (!isReadableFile(path)) return 'name a file that this process can read';
  try {
    readPrivateKey(path);
    return undefined;
  } catch (error) {
    if (error instanceof PrivateKeyFault) return error.message;
    throw error;
  }
}
