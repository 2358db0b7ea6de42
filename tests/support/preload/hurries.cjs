// A process whose longest waits for an answer take half a second. For NODE_OPTIONS=--require.
const { timeout } = AbortSignal;
AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, Math.min(milliseconds, 500));
