/** The choices of a request and what each of them means on AWS. */
export const ENVIRONMENTS = ['dev', 'test', 'staging', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

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
export const DEFAULT_DOMAIN = 'delivery';

export const SIZES = ['small', 'medium', 'large', 'xlarge'] as const;
export type Size = (typeof SIZES)[number];
export const DEFAULT_SIZE: Size = 'small';

/** The instance class a size asks for. The instance is shared: the size is recorded and approved, not created. */
export const INSTANCE_CLASSES: Record<Size, string> = {
  small: 'db.t3.micro',
  medium: 'db.t3.small',
  large: 'db.t3.medium',
  xlarge: 'db.r6g.large',
};

/** Sizes that the platform team has to approve. */
export const PLATFORM_TEAM_SIZES: readonly Size[] = ['large', 'xlarge'];

/** Whether the instance has Terraform of its own (standalone) or shares the environment's (coupled); auto takes the one that is there. */
export const TFVARS_MODES = ['auto', 'standalone', 'coupled'] as const;
export type TfvarsMode = (typeof TFVARS_MODES)[number];

export const RISKS = ['none', 'low', 'medium', 'high', 'access'] as const;
export type Risk = (typeof RISKS)[number];
export const DEFAULT_RISK: Risk = 'medium';

/** How many databases the provisioner works on at a time. */
export const DEFAULT_CONCURRENCY = 4;
/** How long the provisioner waits for other runs on the instance. */
export const DEFAULT_LOCK_TIMEOUT_MINUTES = 15;

/** What a risk asks for: days that backups are kept, days between rotations, and whether access is reviewed. */
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
