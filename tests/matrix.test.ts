import { Difference, runsIn, VERSIONS } from './support/matrix';

const DIFFERENCES: Difference[] = [
  'once',
  'perVersion',
  'perMaster',
  'perBoth',
  'onlyInMatrix',
  'repetition',
];
const PLACES = VERSIONS.flatMap(version =>
  (['master', 'superuser'] as const).map(runAs => ({ version, runAs })),
);
const placesIn = (part: Parameters<typeof runsIn>[0], difference: Difference) =>
  PLACES.filter(place => runsIn(part, difference, place)).map(
    ({ version, runAs }) => `${version} ${runAs}`,
  );
const ALL = PLACES.map(({ version, runAs }) => `${version} ${runAs}`);

it.each<[Difference, string[]]>([
  ['once', ['18 master']],
  ['perVersion', ['15 master', '16 master', '17 master', '18 master']],
  ['perMaster', ['18 master', '18 superuser']],
  [
    'perBoth',
    ['15 master', '16 master', '17 master', '18 master', '18 superuser'],
  ],
  ['onlyInMatrix', []],
  ['repetition', []],
])('make test runs a test that differs %s on %j', (difference, places) => {
  expect(placesIn('usual', difference)).toEqual(places);
});

it.each(DIFFERENCES)(
  'make test-matrix runs %s everywhere (a repetition on the newest version), and beside make test what that left',
  difference => {
    const full =
      difference === 'repetition' ? ['18 master', '18 superuser'] : ALL;
    expect(placesIn('full', difference)).toEqual(full);
    expect(
      [
        ...placesIn('usual', difference),
        ...placesIn('rest', difference),
      ].sort(),
    ).toEqual(full);
  },
);
