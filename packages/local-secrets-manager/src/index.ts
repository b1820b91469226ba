export { startSecretsManager } from './startSecretsManager';
export type { LocalSecretsManager } from './startSecretsManager';
