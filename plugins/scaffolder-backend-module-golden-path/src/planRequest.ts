import { DatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import {
  InfraListing,
  planInfraRequest,
  previewPullRequest,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from './config';

/** Plans a request's changes to the infra repo, and prints its pull request, as the workflow does both. */
export const createPlanRequest = (
  { infraRepo, secretPrefix }: GoldenPathConfig,
  now: () => Date = () => new Date(),
) => {
  const readFiles = (infraFiles: InfraListing, environment: string) =>
    readInfraRequestFiles(infraFiles, environment, {
      mode: 'auto',
      catalogPath: infraRepo.catalogPath,
      environmentsPath: infraRepo.environmentsPath,
    });
  const context = () => ({
    createdDate: now().toISOString().slice(0, 10),
    secretPrefix,
  });
  return {
    plan: async (request: DatabaseRequest, infraFiles: InfraListing) =>
      planInfraRequest(
        await readFiles(infraFiles, request.environment),
        request,
        context(),
      ),
    /** As Markdown. */
    preview: async (
      request: DatabaseRequest,
      infraFiles: InfraListing,
      taskId: string,
    ) =>
      previewPullRequest(
        await readFiles(infraFiles, request.environment),
        request,
        { ...context(), taskId, base: infraRepo.baseBranch },
      ),
  };
};
export type PlanRequest = ReturnType<typeof createPlanRequest>;
