import { randomInt } from 'node:crypto';
import type * as aws from '@aws-sdk/client-secrets-manager';
import { ServiceError, Wire } from './model';

/** The lists of AWS's API reference for GetRandomPassword. */
const TYPES = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  space: ' ',
};

/** A random password by the rules of GetRandomPassword: 32 characters with one of each type unless asked otherwise. */
export const createRandomPassword = (
  input: Wire<aws.GetRandomPasswordRequest>,
): string => {
  const length = input.PasswordLength ?? 32;
  if (!Number.isInteger(length) || length < 1 || length > 4096)
    throw new ServiceError(
      'InvalidParameterException',
      'PasswordLength must be within 1-4096.',
    );
  const excluded = input.ExcludeCharacters ?? '';
  const isExcluded: Record<keyof typeof TYPES, boolean | undefined> = {
    lowercase: input.ExcludeLowercase,
    uppercase: input.ExcludeUppercase,
    numbers: input.ExcludeNumbers,
    punctuation: input.ExcludePunctuation,
    space: !input.IncludeSpace,
  };
  const types = (Object.keys(TYPES) as Array<keyof typeof TYPES>)
    .filter(type => !isExcluded[type])
    .map(type => [...TYPES[type]].filter(one => !excluded.includes(one)))
    .filter(characters => characters.length > 0);
  const required = input.RequireEachIncludedType ?? true ? types : [];
  if (types.length === 0 || required.length > length)
    throw new ServiceError(
      'InvalidParameterException',
      'The requested password leaves no characters, or is too short for one of each type.',
    );
  const all = types.flat();
  const password = [
    ...required,
    ...Array<string[]>(length - required.length).fill(all),
  ].map(characters => characters[randomInt(characters.length)]);
  for (let last = length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [password[last], password[other]] = [password[other], password[last]];
  }
  return password.join('');
};
