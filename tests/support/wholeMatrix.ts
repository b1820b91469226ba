// Runs before each test file of the project `matrix`: it is complete unless told that `make test` runs beside it.
process.env.GOLDENPATH_TEST_MATRIX ??= 'full';
