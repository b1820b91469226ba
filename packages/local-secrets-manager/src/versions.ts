import { Secret, SecretVersion, ServiceError } from './model';

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';
const PREVIOUS = 'AWSPREVIOUS';
const DAY = 24 * 60 * 60;
/** AWS keeps the newest 100 versions and all of the last 24 hours. */
const KEPT_VERSIONS = 100;

export const versionWithStage = (secret: Secret, stage: string) =>
  secret.versions.find(({ stages }) => stages.includes(stage));

export const versionWithId = (secret: Secret, id: string) =>
  secret.versions.find(({ versionId }) => versionId === id);

/** A stage belongs to one version at most. AWSPREVIOUS goes to the version that loses AWSCURRENT. */
export const moveStage = (secret: Secret, stage: string, to: SecretVersion) => {
  const from = versionWithStage(secret, stage);
  if (from === to) return;
  if (from) dropStage(from, stage);
  to.stages.push(stage);
  if (stage === CURRENT && from) moveStage(secret, PREVIOUS, from);
};

export const dropStage = (version: SecretVersion, stage: string) => {
  version.stages = version.stages.filter(one => one !== stage);
};

export const checkToken = (token: string) => {
  if (token.length < 32 || token.length > 64)
    throw new ServiceError(
      'InvalidParameterException',
      'ClientRequestToken must be 32-64 characters long.',
    );
};

/** Stages of a request: undefined where it names none. */
export const checkStages = (stages: string[] | undefined) => {
  if (stages === undefined) return;
  if (
    stages.length < 1 ||
    stages.length > 20 ||
    stages.some(stage => stage.length < 1 || stage.length > 256)
  )
    throw new ServiceError(
      'InvalidParameterException',
      'VersionStages takes 1 to 20 staging labels of 1 to 256 characters.',
    );
};

/**
 * Stores a value as a version, once: the same token with the same value changes nothing, stages included.
 * @throws ResourceExistsException where the version has another value: a version never changes
 */
export const putVersion = (
  secret: Secret,
  {
    versionId,
    value,
    stages,
    now,
  }: {
    versionId: string;
    value: string;
    stages?: string[];
    now: number;
  },
): SecretVersion => {
  let version = versionWithId(secret, versionId);
  if (version?.secretString === value) return version;
  if (version?.secretString !== undefined)
    throw new ServiceError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.name}.`,
    );
  if (!version) {
    version = { versionId, stages: [], createdDate: now };
    secret.versions.push(version);
  }
  version.secretString = value;
  // The first value is current whatever the request says.
  const isFirst = !versionWithStage(secret, CURRENT);
  for (const stage of new Set([
    ...(stages ?? [CURRENT]),
    ...(isFirst ? [CURRENT] : []),
  ]))
    moveStage(secret, stage, version);
  secret.changedDate = now;
  forgetOldVersions(secret, now);
  return version;
};

const forgetOldVersions = (secret: Secret, now: number) => {
  let surplus = secret.versions.length - KEPT_VERSIONS;
  secret.versions = secret.versions.filter(({ stages, createdDate }) => {
    const isOld = stages.length === 0 && createdDate <= now - DAY;
    return !(isOld && surplus-- > 0);
  });
};
