import { type ServerKind, whatIsMissing } from "../../tools/servers/found.mts";

/**
 * `test`, where a real server of this kind is here. At home it is skipped without one; where it decides whether something
 * lands, what isn't tried isn't so, and it fails at the server's start.
 */
export function testWith(kind: ServerKind): typeof test | typeof test.skip {
  return whatIsMissing(kind) === undefined || process.env.CI ? test : test.skip;
}
