import type { TfvarsEntry } from '../../../decide/tfvars';
import type { environmentOn, Instance } from '../instance';

/** What the tests of one kind of master on one version of PostgreSQL share. */
export interface Context {
  who: 'master' | 'superuser';
  /** Running while tests do. */
  instance(): Instance;
  /** A fresh environment with this master. */
  on(): ReturnType<typeof environmentOn>;
  /** An entry whose names are this kind of master's own. */
  named(name: string, more?: Partial<TfvarsEntry>): TfvarsEntry;
}
