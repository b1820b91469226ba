import { printPlanMarkdown, printResultMarkdown } from './reportMarkdown';

const plan = {
  database: 'users_db',
  username: 'users_app',
  changes: [
    {
      action: 'create_role' as const,
      description: 'create role users_app',
      reason: 'the role does not exist',
    },
  ],
  findings: [],
  told: [],
  unchecked: [],
  remedies: [],
};
const asDeclared = { ...plan, database: 'orders_db', changes: [] };

describe('printPlanMarkdown', () => {
  it('lists databases with changes and counts the others', () => {
    expect(
      printPlanMarkdown(
        [
          plan,
          asDeclared,
          {
            ...asDeclared,
            database: 'taken_db',
            refusal: 'Role x is there.',
            findings: ['run this'],
            told: [],
            unchecked: [],
            remedies: [],
          },
        ],
        [{ text: 'a note' }, { database: 'new_db', text: 'skipped' }],
      ),
    ).toBe(`**1 change** in 2 databases; 1 other as declared.

**users\\_db** (users\\_app)
- create role users\\_app: the role does not exist

**taken\\_db** (users\\_app)
- **refused:** Role x is there.
- **by hand:** run this

Note: a note

Note: **new\\_db:** skipped`);
  });

  it('reports that there are no changes', () => {
    expect(printPlanMarkdown([asDeclared])).toBe(
      'No changes: 1 database as declared.',
    );
  });

  it('shows a hundred databases and counts the rest', () => {
    const text = printPlanMarkdown(
      Array.from({ length: 103 }, (_, n) => ({ ...plan, database: `d${n}x` })),
    );
    expect(text).toContain('**d99x**');
    expect(text).not.toContain('d100x');
    expect(text).toContain("… and 3 more; see the task's log for all.");
  });
});

describe('printResultMarkdown', () => {
  const result = {
    database: 'users_db',
    username: 'users_app',
    outcome: 'changed' as const,
    changes: 5,
    problems: [],
  };

  it('prints a table of the databases that are not unchanged', () => {
    expect(
      printResultMarkdown([
        result,
        { ...result, database: 'same_db', outcome: 'unchanged', changes: 0 },
        {
          ...result,
          database: 'bad_db',
          outcome: 'failed',
          changes: 1,
          problems: ['could not create: a|b\n<script>', 'second'],
        },
      ]),
    ).toBe(`**6 changes** applied; 1 database unchanged.

| database | outcome | changes | problems |
| --- | --- | --- | --- |
| users\\_db | changed | 5 |  |
| bad\\_db | failed | 1 | could not create: a\\|b \\<script\\><br>second |`);
  });

  it('prints no table when all are unchanged', () => {
    expect(
      printResultMarkdown([{ ...result, outcome: 'unchanged', changes: 0 }]),
    ).toBe('**0 changes** applied; 1 database unchanged.');
  });
});
