import { testTfvarsComments } from '../testing/testTfvarsComments';

describe('comments of a terraform.tfvars', () => {
  testTfvarsComments(6_000);
});
