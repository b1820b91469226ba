import { parseAllDocuments } from 'yaml';
import { kustomize, Manifest } from './kubernetes';
import { App } from './manifestRules/rule';

/** Builds a folder of an app's manifests with kustomize. @throws Error with kustomize's message */
export const buildApp = (folder: string): App =>
  new App(
    parseAllDocuments(kustomize(folder)).map(
      document => document.toJS() as Manifest,
    ),
  );
