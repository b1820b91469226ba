import type { TfvarsMode } from '@goldenpath/plugin-golden-path-common';
import type { TextFile } from './decide/text';

/**
 * The files of an infra repo: in a folder, a commit, or GitHub's contents API.
 *
 * @public
 */
export interface InfraFiles {
  /** Reads a file's text; undefined when it doesn't exist. `path` is relative to the repository's root, with `/`. */
  read(path: string): Promise<string | undefined>;
}

/**
 * The same, with a list of a folder's files.
 *
 * @public
 */
export interface InfraListing extends InfraFiles {
  /** Lists the names of the files in a folder, links included; none when the folder doesn't exist. */
  files(folder: string): Promise<string[]>;
}

/**
 * The same, with a list of folders.
 *
 * @public
 */
export interface InfraFolders extends InfraListing {
  /** Lists the names of subfolders; none when the folder doesn't exist. */
  folders(path: string): Promise<string[]>;
}

/** @public */
export interface InfraRepoOptions {
  mode: TfvarsMode;
  /** Folder of the environments. Default: `envs`. */
  environmentsPath?: string;
  catalogPath?: string;
}

/**
 * The clone for the pull request's commits.
 *
 * @public
 */
export interface RequestRepository {
  fetchBranch(
    branch: string,
  ): Promise<{ sha: string; message: string } | undefined>;
  filesAt(sha: string): InfraListing;
  pushCommit(options: {
    parent: string;
    branch: string;
    message: string;
    changes: TextFile[];
    replaces: string | undefined;
  }): Promise<string>;
}

/**
 * A pull request, with the fields that we maintain.
 *
 * @public
 */
export interface RequestPullRequest {
  number: number;
  url: string;
  title: string;
  body: string;
  labels: string[];
}

/**
 * The pull requests of the infra repo.
 *
 * @public
 */
export interface RequestPullRequests {
  findOpen(
    branch: string,
    base: string,
  ): Promise<RequestPullRequest | undefined>;
  create(pull: {
    branch: string;
    base: string;
    title: string;
    body: string;
  }): Promise<RequestPullRequest>;
  update(number: number, text: { title: string; body: string }): Promise<void>;
  addLabels(number: number, labels: string[]): Promise<void>;
}
