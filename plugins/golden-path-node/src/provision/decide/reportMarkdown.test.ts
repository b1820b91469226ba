import { printPlanMarkdown, printResultMarkdown } from './reportMarkdown';

const plan = {
  database: 'users_db',
  username: 'users_app',
  changes: [
    {
      action: 'create_role' as const,
      description: 'create role users_app',
      reason: 'there is no such role',
    },
  ],
  findings: [],
};
const asDeclared = { ...plan, database: 'orders_db', changes: [] };

describe('printPlanMarkdown', () => {
  it('lists what differs, and says how much does not', () => {
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
          },
        ],
        [{ text: 'a note' }, { database: 'new_db', text: 'not observed' }],
      ),
    ).toBe(`**1 change** in 2 databases; 1 other as declared.

**users\\_db** (users\\_app)
- create role users\\_app: there is no such role

**taken\\_db** (users\\_app)
- **refused:** Role x is there.
- **by hand:** run this

Note: a note

Note: **new\\_db:** not observed`);
  });

  it('says that nothing differs', () => {
    expect(printPlanMarkdown([asDeclared])).toBe(
      'Nothing to change: 1 database as declared.',
    );
  });

  it('stops after a hundred databases, and says so', () => {
    const text = printPlanMarkdown(
      Array.from({ length: 103 }, (_, n) => ({ ...plan, database: `d${n}x` })),
    );
    expect(text).toContain('**d99x**');
    expect(text).not.toContain('d100x');
    expect(text).toContain("… and 3 more; the task's log has them all.");
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

  it('is a table of all that is not unchanged', () => {
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
    ).toBe(`**6 changes** made; 1 database unchanged.

| database | outcome | changes | problems |
| --- | --- | --- | --- |
| users\\_db | changed | 5 |  |
| bad\\_db | failed | 1 | could not create: a\\|b \\<script\\><br>second |`);
  });

  it('needs no table where nothing was to be done', () => {
    expect(
      printResultMarkdown([{ ...result, outcome: 'unchanged', changes: 0 }]),
    ).toBe('**0 changes** made; 1 database unchanged.');
  });
});
