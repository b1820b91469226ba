export { BROWSER_USER } from './auth';
export { startGitHub } from './startGitHub';
export type { ActionsDeps, GitHubOptions, LocalGitHub } from './startGitHub';
export type { Violation } from './conformance';
export type { CallLimiter, CallLimits } from './callLimits';
export type { Fault, FaultKind, Faults } from './faults';
