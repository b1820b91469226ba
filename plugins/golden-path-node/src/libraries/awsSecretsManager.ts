import type * as SecretsManager from '@aws-sdk/client-secrets-manager';

/** Loaded by whoever reads secrets: a request never does, and its process starts 20 ms sooner without. */
export const loadAwsSecretsManager = (): typeof SecretsManager =>
  require('@aws-sdk/client-secrets-manager') as typeof SecretsManager;
