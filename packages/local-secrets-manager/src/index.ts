export { startSecretsManager } from './startSecretsManager';
export type { LocalSecretsManager } from './startSecretsManager';
export type {
  RotationEvent,
  RotationFunction,
  RotationReport,
} from './rotation';
