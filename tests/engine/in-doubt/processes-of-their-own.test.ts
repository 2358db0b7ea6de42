import { holdsOverAllProcesses } from "../../support/processes-of-their-own";

// With the other options: tests/verify/processes-of-their-own.test.ts. That they are refused: tests/program/refused-options.test.ts.
holdsOverAllProcesses("version");
