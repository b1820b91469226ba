/** Why each file of `tfvars/refused` takes no entry for orders_db and orders_user. */
export const TFVARS_REFUSALS = [
  {
    name: 'a-block.tfvars',
    says: 'InputError file:1:1: application_databases is written as a block',
  },
  {
    name: 'a-list.tfvars',
    says: 'InputError file:1:25: application_databases is not a literal map',
  },
  {
    name: 'application-databases-twice.tfvars',
    says: 'InputError file:11:1: Attribute redefined',
  },
  {
    name: 'attribute-twice.tfvars',
    says: 'InputError file:5:5: "accounts_db": the attribute "username" is given twice, first at file:4:5',
  },
  {
    name: 'conditional.tfvars',
    says: 'InputError file:1:25: application_databases is not a literal map',
  },
  {
    name: 'conflict-markers.tfvars',
    says: 'InputError file:2:1: Invalid expression',
  },
  {
    name: 'curly-quotes.tfvars',
    says: 'InputError file:3:21: Invalid character',
  },
  {
    name: 'empty.tfvars',
    says: 'InputError file:1:1: application_databases is missing',
  },
  {
    name: 'entry-that-is-a-text.tfvars',
    says: 'InputError file:2:3: "accounts_db" is not a literal map',
  },
  {
    name: 'entry-that-is-an-expression.tfvars',
    says: 'InputError file:2:3: "accounts_db" is not a literal map',
  },
  {
    name: 'escaped-key.tfvars',
    says: 'InputError file:2:3: the key "\\"accounts\\\\u005fdb\\"" is an expression',
  },
  {
    name: 'for-expression.tfvars',
    says: 'InputError file:1:25: application_databases is not a literal map',
  },
  {
    name: 'interpolated.tfvars',
    says: 'InputError file:2:35: "accounts_db": database_name is not a literal text',
  },
  {
    name: 'json.tfvars',
    says: 'InputError file:1:1: Argument or block definition required',
  },
  {
    name: 'key-in-parentheses.tfvars',
    says: 'InputError file:2:3: the key "(\\"accounts_db\\")" is an expression',
  },
  {
    name: 'key-twice-quoted.tfvars',
    says: 'InputError file:6:3: the key "accounts_db" is given twice, first at file:2:3',
  },
  {
    name: 'key-twice.tfvars',
    says: 'InputError file:10:3: the key "accounts_db" is given twice, first at file:2:3',
  },
  {
    name: 'key-with-a-dot.tfvars',
    says: 'InputError file:2:3: the key "accounts.db" is an expression',
  },
  {
    name: 'key-with-a-slash.tfvars',
    says: 'InputError file:2:3: the key "accounts/db" is not allowed: it names a secret',
  },
  {
    name: 'limit-that-is-a-text.tfvars',
    says: 'InputError file:2:78: "accounts_db": connection_limit must be a whole number, or -1 for no limit.',
  },
  {
    name: 'merged.tfvars',
    says: 'InputError file:1:25: application_databases is not a literal map',
  },
  {
    name: 'missing-attribute.tfvars',
    says: 'InputError file:2:3: "accounts_db": database_name is missing.',
  },
  {
    name: 'missing-comma.tfvars',
    says: 'InputError file:2:49: Missing attribute separator',
  },
  {
    name: 'no-application-databases.tfvars',
    says: 'InputError file:1:1: application_databases is missing',
  },
  {
    name: 'non-breaking-blank.tfvars',
    says: 'InputError file:1:22: Invalid character',
  },
  {
    name: 'null.tfvars',
    says: 'InputError file:1:25: application_databases is not a literal map',
  },
  {
    name: 'one-brace-too-many.tfvars',
    says: 'InputError file:11:1: Argument or block definition required',
  },
  {
    name: 'only-comments.tfvars',
    says: 'InputError file:1:1: application_databases is missing',
  },
  {
    name: 'reference.tfvars',
    says: 'InputError file:2:35: "accounts_db": database_name is not a literal text',
  },
  {
    name: 'role-taken-under-another-key.tfvars',
    says: 'ConflictError file:2:3: role "orders_user" already belongs to database "old_db", and "orders_db" can\'t have it too',
  },
  {
    name: 'role-taken.tfvars',
    says: 'ConflictError file:6:3: role "orders_user" already belongs to database "old_db", and "orders_db" can\'t have it too',
  },
  { name: 'semicolon.tfvars', says: 'InputError file:2:48: Invalid character' },
  {
    name: 'taken-key-for-another-database.tfvars',
    says: 'ConflictError file:2:3: database "orders_db" is already declared with other values: database_name is "old_db" there and "orders_db" i',
  },
  {
    name: 'taken-other-role.tfvars',
    says: 'ConflictError file:2:3: database "orders_db" is already declared with other values: username is "other_user" there and "orders_user" ',
  },
  {
    name: 'taken-under-another-key.tfvars',
    says: 'ConflictError file:6:3: database "orders_db" is already declared with other values: key is "orders" there and "orders_db" in the requ',
  },
  {
    name: 'unclosed-brace.tfvars',
    says: 'InputError file:6:1: Missing expression',
  },
  {
    name: 'unclosed-comment.tfvars',
    says: 'InputError file:1:1: Argument or block definition required',
  },
  {
    name: 'unclosed-heredoc.tfvars',
    says: 'InputError file:12:1: Unterminated template string',
  },
  {
    name: 'unclosed-text.tfvars',
    says: 'InputError file:3:33: Invalid multi-line string',
  },
  {
    name: 'unknown-attribute.tfvars',
    says: 'InputError file:5:5: "accounts_db": unknown attribute "access_level"',
  },
  {
    name: 'yaml.tfvars',
    says: 'InputError file:1:1: Argument or block definition required',
  },
];

/** Why each file of `catalog/refused` takes no entry for orders_db of dev and orders_user. */
export const CATALOG_REFUSALS = [
  {
    name: 'a-later-version.yaml',
    says: 'InputError file:1:1: the catalog\'s version is "2.0", and only "1.0" is supported',
  },
  { name: 'a-list.yaml', says: 'InputError file:1:1: this is not a catalog' },
  { name: 'a-text.yaml', says: 'InputError file:1:1: this is not a catalog' },
  {
    name: 'conflict-markers.yaml',
    says: 'InputError file:4:1: Implicit keys need to be on a single line',
  },
  {
    name: 'database-twice-quoted.yaml',
    says: 'InputError file:19:5: the key "accounts_db" is given twice',
  },
  {
    name: 'database-twice.yaml',
    says: 'InputError file:34:5: the key "accounts_db" is given twice',
  },
  {
    name: 'databases-merged.yaml',
    says: 'InputError file:4:3: databases has a merge key',
  },
  {
    name: 'databases-twice.yaml',
    says: 'InputError file:2:1: the key "databases" is given twice',
  },
  {
    name: 'databases-with-a-tag.yaml',
    says: 'InputError file:2:1: databases has the tag !all',
  },
  {
    name: 'databases-with-an-anchor.yaml',
    says: 'InputError file:2:1: databases has the anchor &d',
  },
  {
    name: 'empty-environment-with-a-tag.yaml',
    says: 'InputError file:3:3: databases.dev has the tag tag:yaml.org,2002:null',
  },
  {
    name: 'empty-environment-with-an-anchor.yaml',
    says: 'InputError file:3:3: databases.dev has the anchor &e',
  },
  { name: 'empty.yaml', says: 'InputError file:1:1: this is not a catalog' },
  {
    name: 'environment-is-a-list.yaml',
    says: 'InputError file:3:3: databases.dev is not a map of databases.',
  },
  {
    name: 'environment-is-an-alias.yaml',
    says: 'InputError file:4:3: databases.dev is an alias',
  },
  {
    name: 'environment-merged.yaml',
    says: 'InputError file:5:5: databases.dev has a merge key',
  },
  {
    name: 'environment-twice.yaml',
    says: 'InputError file:19:3: the key "dev" is given twice',
  },
  {
    name: 'environment-with-a-tag.yaml',
    says: 'InputError file:3:3: databases.dev has the tag !environment',
  },
  {
    name: 'environment-with-an-anchor.yaml',
    says: 'InputError file:3:3: databases.dev has the anchor &dev',
  },
  {
    name: 'field-twice.yaml',
    says: 'InputError file:12:9: the key "risk" is given twice',
  },
  {
    name: 'no-databases.yaml',
    says: 'InputError file:1:1: "databases" is missing',
  },
  {
    name: 'older-flat-shape.yaml',
    says: 'InputError file:3:3: this catalog has the older flat shape: "users_db" is directly under "databases"',
  },
  {
    name: 'only-comments.yaml',
    says: 'InputError file:1:1: this is not a catalog',
  },
  {
    name: 'role-taken-through-a-merge.yaml',
    says: 'ConflictError file:5:5: role "orders_user" already belongs to database "old_db", and "orders_db" can\'t have it too',
  },
  {
    name: 'role-taken-through-an-alias.yaml',
    says: 'ConflictError file:5:5: role "orders_user" already belongs to database "old_db", and "orders_db" can\'t have it too',
  },
  {
    name: 'role-taken.yaml',
    says: 'ConflictError file:19:5: role "orders_user" already belongs to database "old_db", and "orders_db" can\'t have it too',
  },
  {
    name: 'tab-for-indentation.yaml',
    says: 'InputError file:2:1: Tabs are not allowed as indentation',
  },
  {
    name: 'taken-unfinished.yaml',
    says: 'InputError file:4:5: databases.dev.orders_db: metadata is missing.',
  },
  {
    name: 'taken-with-other-values.yaml',
    says: 'ConflictError file:4:5: database "orders_db" is already in the catalog of dev with other values: risk is "high" there and "medium" in',
  },
  {
    name: 'top-with-a-tag.yaml',
    says: 'InputError file:1:1: the catalog has the tag !catalog',
  },
  {
    name: 'top-with-an-anchor.yaml',
    says: 'InputError file:1:1: the catalog has the anchor &top',
  },
  {
    name: 'two-documents.yaml',
    says: 'InputError file:34:1: a second document begins here',
  },
  {
    name: 'unclosed-flow.yaml',
    says: 'InputError file:2:1: Flow map in block collection must be sufficiently indented and end with a }',
  },
  {
    name: 'unclosed-text.yaml',
    says: 'InputError file:4:1: Missing closing "quote',
  },
  {
    name: 'unknown-anchor.yaml',
    says: 'InputError file:3:8: this alias has no anchor &nowhere before it',
  },
  {
    name: 'wrong-indentation.yaml',
    says: 'InputError file:19:1: All mapping items must start at the same column',
  },
];
