/** Default privileges in a database (`pg_default_acl`), without PostgreSQL's own defaults. */
export interface DefaultPrivileges {
  /** Whose objects get them. */
  role: string;
  /** null: in every schema. */
  schema: string | null;
  /** As a statement names it: TABLES, FUNCTIONS. */
  objects: string;
  grants: Array<{
    /** null: PUBLIC. */
    grantee: string | null;
    privileges: string[];
  }>;
  /** What the role itself doesn't get. */
  withheld: string[];
}

/** What to ask inside a database, besides its schemas. */
export interface InsideQuestions {
  defaults: boolean;
}

/** What an app's own login sees inside its database. */
export interface SeenInside {
  /** Schemas in which it may create. */
  creatable: string[];
  /** Owner of schema public; absent without that schema. */
  publicOwner?: string;
  defaults: DefaultPrivileges[];
}
