import { spawnSync } from 'node:child_process';
import { loadBundled } from '../../packages/local-github/src/actions/languageServices';

/** A manifest as YAML gives it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  /** Its shape depends on the kind; `validateManifest` checks it. */
  spec: any;
  /** Of a ConfigMap. */
  data?: Record<string, string>;
  /** Of a ServiceAccount. */
  automountServiceAccountToken?: boolean;
}

const ENTRY = `
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { SecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { ValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy';
import { ValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding';
export const models = [ConfigMap, Deployment, ExternalSecret, HorizontalPodAutoscaler, Ingress, Job, NetworkPolicy, PodDisruptionBudget, SecretStore, Service, ServiceAccount,
  StatefulSet, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding];
`;

type Model = new (manifest: Manifest) => { validate(): void };
let models: Map<string, Model> | undefined;

/** The models are ES modules, which Jest can't load directly, so they are bundled in memory. */
const loadModels = (): Map<string, Model> => {
  const bundled = loadBundled<{
    models: Array<Model & { apiVersion: string; kind: string }>;
  }>(ENTRY, __dirname);
  return new Map(
    bundled.models.map(model => [`${model.apiVersion} ${model.kind}`, model]),
  );
};

/** Validates a manifest against the schema of its kind. @throws Error that names every invalid field */
export const validateManifest = (manifest: Manifest): void => {
  models ??= loadModels();
  const Kind = models.get(`${manifest.apiVersion} ${manifest.kind}`);
  if (!Kind)
    throw new Error(
      `No schema for ${manifest.apiVersion} ${manifest.kind}: add its model here.`,
    );
  new Kind(manifest).validate();
};

/** Whether kubectl is installed and its kustomize is new enough: kubectl 1.27 has version 5. */
export const hasKubectl = (): boolean => {
  const answer = spawnSync(
    'kubectl',
    ['version', '--client', '--output', 'json'],
    { encoding: 'utf8' },
  );
  if (answer.status !== 0) return false;
  const version = /^v(\d+)\.(\d+)/.exec(
    JSON.parse(answer.stdout).clientVersion?.gitVersion ?? '',
  );
  return (
    version !== null && (Number(version[1]) > 1 || Number(version[2]) >= 27)
  );
};

/** Runs `kubectl kustomize` on a folder and returns the YAML. @throws Error with kustomize's message */
export const kustomize = (folder: string): string => {
  const answer = spawnSync('kubectl', ['kustomize', folder], {
    encoding: 'utf8',
  });
  if (answer.status !== 0) throw new Error(answer.stderr);
  if (answer.stderr) throw new Error(`kustomize warns: ${answer.stderr}`);
  return answer.stdout;
};
