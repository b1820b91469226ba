import type { TfvarsMode } from '@goldenpath/plugin-golden-path-common';
import type { TextFile } from './decide/text';

/** The files of an infra repo, wherever it is: a folder, a commit, GitHub's contents API. */
export interface InfraFiles {
  /** The file's text; undefined where there is none. `path` is from the repository's root, with `/`. */
  read(path: string): Promise<string | undefined>;
}

/** The same, where folders can be listed too. */
export interface InfraFolders extends InfraFiles {
  /** The names of the folders in a folder; none where it isn't there. */
  folders(path: string): Promise<string[]>;
}

export interface InfraRepoOptions {
  mode: TfvarsMode;
  /** The folder of the environments; `envs` by default. */
  environmentsPath?: string;
  catalogPath?: string;
}

/** The clone that the pull request is made in. */
export interface RequestRepository {
  fetchBranch(
    branch: string,
  ): Promise<{ sha: string; message: string } | undefined>;
  filesAt(sha: string): InfraFiles;
  pushCommit(options: {
    parent: string;
    branch: string;
    message: string;
    changes: TextFile[];
    replaces: string | undefined;
  }): Promise<string>;
}

/** A pull request as far as it matters here. */
export interface RequestPullRequest {
  number: number;
  url: string;
  title: string;
  body: string;
  labels: string[];
}

/** Where the pull requests are. */
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
