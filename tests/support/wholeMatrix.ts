// Runs before each test file of the project `matrix`: covers all combinations unless a variable says that `make test` runs too.
process.env.GOLDENPATH_TEST_MATRIX ??= 'full';
