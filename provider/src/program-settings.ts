import * as pulumi from "@pulumi/pulumi";
import { closest } from "./domain/closest";
import { printable } from "./domain/messages";
import { SETTING_KEYS } from "./domain/setting-keys";

const NAMESPACE = "vercelCredits:";

/**
 * What is wrong with the names of the settings that a program runs with, and what to do: a misspelled limit is no limit. Only
 * the program sees all of them; the provider process has to ask for each by its name. Undefined where nothing is.
 */
export function unknownSetting(): { readonly what: string; readonly firstDo: string } | undefined {
  // In a project of that name they are also the program's own, of which nobody here knows.
  if (`${projectName()}:` === NAMESPACE) return undefined;
  const known: readonly string[] = SETTING_KEYS;
  const [key] = Object.keys(pulumi.runtime.allConfig()).filter(
    (one) => one.startsWith(NAMESPACE) && !known.includes(one),
  );
  if (key === undefined) return undefined;
  const meant = closest(key, known);
  return {
    what: `${printable(key, 100)} is configured, and is not a setting of this package.`,
    firstDo:
      meant === undefined
        ? `Remove it; the settings are ${known.join(", ")}.`
        : `Did you mean ${meant}? Rename it in the stack's configuration, or remove it.`,
  };
}

function projectName(): string | undefined {
  try {
    return pulumi.getProject();
  } catch {
    return undefined; // outside of a Pulumi program
  }
}
