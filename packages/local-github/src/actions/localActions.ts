/** What the local platform does for a `uses:` step. */
export type LocalAction =
  | { kind: 'checkout' }
  | { kind: 'app-token' }
  | { kind: 'upload-artifact' }
  | { kind: 'download-artifact' }
  /** An action of the repository itself, as it is checked out. */
  | { kind: 'composite' }
  /** Succeeds at once: what it would set up is there, or isn't needed. */
  | { kind: 'nothing-to-do'; note: string }
  /** Shown as not run; the steps after it go on. */
  | { kind: 'not-run'; note: string };

export const NEEDS_CONTAINERS = 'not run here: needs a container engine';

const SET_UP = [
  /^actions\/(setup-[a-z]+|cache(\/.*)?)$/,
  /^aws-actions\/configure-aws-credentials$/,
  /^(azure|google-github-actions)\/(login|auth|setup-[a-z]+)$/,
  /^hashicorp\/setup-[a-z]+$/,
];
const CONTAINERS = [
  /^docker\//,
  /^aws-actions\/amazon-ecr-login$/,
  /^(aquasecurity|anchore|sigstore)\//,
];

/** Looks an action up by what stands after `uses:`. */
export const findLocalAction = (uses: string): LocalAction => {
  if (uses.startsWith('docker://'))
    return { kind: 'not-run', note: NEEDS_CONTAINERS };
  if (uses.startsWith('./')) return { kind: 'composite' };
  const name = uses.split('@')[0].toLowerCase();
  if (name === 'actions/checkout') return { kind: 'checkout' };
  if (name === 'actions/create-github-app-token') return { kind: 'app-token' };
  if (name === 'actions/upload-artifact') return { kind: 'upload-artifact' };
  if (name === 'actions/download-artifact')
    return { kind: 'download-artifact' };
  if (SET_UP.some(pattern => pattern.test(name))) {
    return { kind: 'nothing-to-do', note: 'nothing to set up here' };
  }
  if (CONTAINERS.some(pattern => pattern.test(name)))
    return { kind: 'not-run', note: NEEDS_CONTAINERS };
  return {
    kind: 'not-run',
    note: `not run here: ${name} is not part of the local platform`,
  };
};

/** Whether a script starts a container engine; such a step can't run here. */
export const callsContainerEngine = (script: string): boolean => {
  return /^\s*(sudo\s+)?(docker|podman|buildah|nerdctl)\s/m.test(script);
};
