import fc from 'fast-check';

/**
 * Set up for every test file. A property that fails is made smaller until nothing smaller fails, which may take longer than
 * a test has (`testTimeout`): then the timeout would be all that is told. So it ends before, and tells what failed and
 * its seed. One that nothing has failed of by then was not shown to hold, and fails as well.
 */
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  interruptAfterTimeLimit: 50_000,
  markInterruptAsFailure: true,
});
