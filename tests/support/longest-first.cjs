const Sequencer = require("@jest/test-sequencer").default;

/** A fresh clone knows no durations, and jest would go by the size of files: these are short files that take minutes. */
const LONGEST = ["torture", "documents", "package", "matrix/by-command", "model", "matrix/lost-or-moved"];

const rankOf = ({ path }) => {
  const rank = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
};

/** The longest suites first, so that no worker is left with one of them at the end. */
module.exports = class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rankOf(a) - rankOf(b));
  }
};
