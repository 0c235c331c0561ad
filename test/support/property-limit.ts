import fc from 'fast-check';

/**
 * Set up for every test file. A property that fails is made smaller until nothing smaller fails, which may take longer than
 * a test has (`testTimeout`): then the timeout would be all that is told. So it ends before, and tells what failed and
 * its seed. One that nothing has failed of by then, on a slow machine, holds for the cases that were tried.
 */
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  interruptAfterTimeLimit: 50_000,
});
