// A process that runs as much later as TEST_LATER_MS says, for what is waited for longer than a test may. For NODE_OPTIONS=--require.
const RealDate = Date;
const later = Number(process.env.TEST_LATER_MS ?? 0);
const now = RealDate.now;

globalThis.Date = class LaterDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now() + later);
    else super(...args);
  }
  static now() {
    return now() + later;
  }
};
