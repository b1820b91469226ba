import { DatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import {
  InfraListing,
  planInfraRequest,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from './config';

/** Plans a request's changes to the infra repo's files. */
export const createPlanRequest =
  (
    { infraRepo, secretPrefix }: GoldenPathConfig,
    now: () => Date = () => new Date(),
  ) =>
  async (request: DatabaseRequest, infraFiles: InfraListing) =>
    planInfraRequest(
      await readInfraRequestFiles(infraFiles, request.environment, {
        mode: 'auto',
        catalogPath: infraRepo.catalogPath,
        environmentsPath: infraRepo.environmentsPath,
      }),
      request,
      { createdDate: now().toISOString().slice(0, 10), secretPrefix },
    );
export type PlanRequest = ReturnType<typeof createPlanRequest>;
