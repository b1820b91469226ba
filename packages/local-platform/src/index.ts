export { DISPATCHER, parseSettings, readInfraRepoFiles } from './seed';
export { INFRA_REPO, ORGANISATION, startPlatform } from './platform';
export type { Platform } from './platform';
export { createRotationFunction } from './rotationFunction';
