/**
 * The choices of a request and what each of them means on AWS.
 *
 * @public
 */
export const DOMAINS = [
  'platform-core',
  'delivery',
  'identity',
  'catalog',
  'observability',
  'governance',
  'security',
  'cost',
  'governance-routing',
  'platform-governance',
] as const;
/** @public */
export const DEFAULT_DOMAIN = 'delivery';

/** @public */
export const SIZES = ['small', 'medium', 'large', 'xlarge'] as const;
/** @public */
export type Size = (typeof SIZES)[number];
/** @public */
export const DEFAULT_SIZE: Size = 'small';

/**
 * The instance class of a size. The instance is shared: the size is recorded and approved, and creates no instance.
 *
 * @public
 */
export const INSTANCE_CLASSES: Record<Size, string> = {
  small: 'db.t3.micro',
  medium: 'db.t3.small',
  large: 'db.t3.medium',
  xlarge: 'db.r6g.large',
};

/**
 * Sizes that the platform team must approve.
 *
 * @public
 */
export const PLATFORM_TEAM_SIZES: readonly Size[] = ['large', 'xlarge'];

/**
 * Connections that a new database's role may have open at once, so that one app can't take all of the instance's. A
 * declared database without a limit keeps none.
 *
 * @public
 */
export const DEFAULT_CONNECTION_LIMIT = 100;

/** @public */
export const TFVARS_MODES = ['auto', 'standalone', 'coupled'] as const;
/**
 * `standalone`: the instance has a Terraform root of its own. `coupled`: it is part of the environment's root.
 *
 * @public
 */
export type TfvarsMode = (typeof TFVARS_MODES)[number];

/** @public */
export const RISKS = ['none', 'low', 'medium', 'high', 'access'] as const;
/** @public */
export type Risk = (typeof RISKS)[number];
/** @public */
export const DEFAULT_RISK: Risk = 'medium';

/**
 * How many databases the provisioner works on at a time.
 *
 * @public
 */
export const DEFAULT_CONCURRENCY = 4;
/**
 * How many logins of apps it tests at a time: a login mostly waits.
 *
 * @public
 */
export const DEFAULT_LOGINS = 8;
/**
 * How long the provisioner waits for other runs on the instance.
 *
 * @public
 */
export const DEFAULT_LOCK_TIMEOUT_MINUTES = 15;

/**
 * What a risk requires: days that backups are kept, days between rotations, and whether access is reviewed.
 *
 * @public
 */
export const RISK_TERMS: Record<
  Risk,
  { backupRetentionDays: number; rotationDays: number; accessReview: boolean }
> = {
  none: { backupRetentionDays: 7, rotationDays: 30, accessReview: false },
  low: { backupRetentionDays: 7, rotationDays: 30, accessReview: false },
  medium: { backupRetentionDays: 14, rotationDays: 30, accessReview: false },
  high: { backupRetentionDays: 35, rotationDays: 14, accessReview: false },
  access: { backupRetentionDays: 35, rotationDays: 14, accessReview: true },
};
