import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { artifactRoot, assertArtifactName } from './decide/artifact';
import { runGlob } from './globProcess';

/** What actions/upload-artifact and actions/download-artifact are given. */
export interface ArtifactCall {
  /** `with:` of the step, evaluated. */
  inputs: Record<string, string>;
  workspace: string;
  /** Where this run's artifacts are kept, each in a folder of its own. */
  folder: string;
  /** The run itself: other runs' artifacts can't be had. */
  run: { id: string; repository: string };
  log(text: string): void;
}

const DEFAULT_NAME = 'artifact';

/**
 * actions/upload-artifact: keeps files under a name, without their modes, as GitHub's zip does.
 * @throws Error where the name can't be one or is taken, or nothing was found and that is to be an error
 */
export const uploadArtifact = async (call: ArtifactCall): Promise<void> => {
  const { inputs, log } = call;
  const name = inputs.name || DEFAULT_NAME;
  assertArtifactName(name);
  if (!inputs.path) throw new Error('Input required and not supplied: path');
  const target = join(call.folder, folderOf(name));
  const found = findFiles(call);
  if (found.files.length === 0) {
    const text = `No files were found with the provided path: ${inputs.path}. No artifacts will be uploaded.`;
    const action = inputs['if-no-files-found'] || 'warn';
    if (action === 'error') throw new Error(text);
    log(action === 'warn' ? `##[warning]${text}` : text);
    return;
  }
  if (existsSync(target) && inputs.overwrite !== 'true')
    throw new Error(
      `Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run`,
    );
  // A download never sees half of it.
  const unfinished = `${target}.new`;
  await rm(unfinished, { recursive: true, force: true });
  for (const file of found.files) {
    const copy = join(unfinished, relative(found.root, file));
    await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
    await cp(file, copy, { dereference: true });
    await chmod(copy, 0o644);
  }
  await rm(target, { recursive: true, force: true });
  await rename(unfinished, target);
  log(
    `With the provided path, there will be ${found.files.length} file(s) uploaded`,
  );
  log(`Artifact ${name} has been successfully uploaded!`);
};

/**
 * actions/download-artifact: one artifact's files to `path`, or all artifacts, each to a folder of its name.
 * @throws Error where there is none of that name, or it is asked for in a way that the local platform has not
 */
export const downloadArtifact = async (
  call: ArtifactCall,
): Promise<{ 'download-path': string }> => {
  const { inputs, run, folder, log } = call;
  assertOfThisRun(inputs, run);
  const target = resolve(call.workspace, inputs.path || '.');
  await mkdir(target, { recursive: true });
  if (inputs.name) {
    const source = join(folder, folderOf(inputs.name));
    if (!existsSync(source))
      throw new Error(
        `Unable to download artifact(s): Artifact not found for name: ${inputs.name}`,
      );
    await cp(source, target, { recursive: true });
    log(`Artifact ${inputs.name} was downloaded to ${target}`);
  } else {
    for (const name of await artifactNames(folder))
      await cp(join(folder, folderOf(name)), join(target, name), {
        recursive: true,
      });
    log(`All artifacts were downloaded to ${target}`);
  }
  return { 'download-path': target };
};

const NOT_HERE = ['artifact-ids', 'pattern', 'merge-multiple'];

const assertOfThisRun = (
  inputs: Record<string, string>,
  run: ArtifactCall['run'],
) => {
  const other = NOT_HERE.find(name => inputs[name] && inputs[name] !== 'false');
  if (other)
    throw new Error(
      `${other} is not part of the local platform: download by name, or all`,
    );
  if (
    (inputs['run-id'] || run.id) !== run.id ||
    (inputs.repository || run.repository) !== run.repository
  )
    throw new Error(
      'The local platform gives a run only the artifacts of its own jobs',
    );
};

/** Without dots, so that `.new` is no name's end. */
const folderOf = (name: string): string =>
  encodeURIComponent(name).replaceAll('.', '%2E');

const artifactNames = async (folder: string): Promise<string[]> =>
  existsSync(folder)
    ? (await readdir(folder))
        .filter(entry => !entry.endsWith('.new'))
        .map(decodeURIComponent)
    : [];

const findFiles = ({ inputs, workspace }: ArtifactCall) => {
  const { files, searched } = JSON.parse(
    runGlob(workspace, FIND, {
      patterns: inputs.path,
      excludeHiddenFiles: String(inputs['include-hidden-files'] !== 'true'),
    }),
  ) as { files: string[]; searched: string[] };
  return { files, root: artifactRoot(files, searched) };
};

const FIND = `
  const globber = await glob.create(process.env.patterns, {
    excludeHiddenFiles: process.env.excludeHiddenFiles === 'true',
  });
  const { statSync } = require('node:fs');
  return JSON.stringify({
    files: (await globber.glob()).filter(path => !statSync(path).isDirectory()),
    searched: globber.getSearchPaths(),
  });
`;
