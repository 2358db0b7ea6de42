/**
 * The date of this machine is ahead by TEST_CLOCK_AHEAD_MS. `Date.now()` isn't: by it, files that were just made would be
 * weeks old, and be cleared away.
 */
const ahead = Number(process.env.TEST_CLOCK_AHEAD_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + ahead);
    else super(...given);
  }
};
