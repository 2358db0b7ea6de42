import type { Policies } from "@pulumi/policy";
import {
  allowedCreditTypes,
  attemptsNeedApproval,
  creditsPerPurchase,
  protectPurchases,
} from "./each-purchase";
import { noPurchases } from "./no-purchases";
import { creditsPerStack, creditsPerTeam } from "./whole-stack";

/**
 * Ready policies for `@pulumi/policy`, for an organization that wants its limits outside the programs they bind. The
 * provider's own limits (`vercelCredits:maxAmount` and the like) are in the stack's configuration, which the same pull
 * request can change; a policy pack is not.
 *
 * ```ts
 * new PolicyPack("credits", { policies: creditPolicies, enforcementLevel: "mandatory" });
 * ```
 *
 * Each is configured under its name in the pack's configuration (`--policy-pack-config`), and does nothing where it
 * needs a limit and has none. Those of one purchase stop it before it is charged, in a preview and in an update; those of
 * the whole stack (`credits-per-stack`, `credits-per-team`) do so in the preview only, as the engine runs them at the
 * end. They judge what is new: what is on record can't change, and a limit that came later doesn't stop previews for it. A
 * value that a preview doesn't know yet is over every limit.
 */
export const creditPolicies: Policies = [
  creditsPerPurchase,
  creditsPerStack,
  creditsPerTeam,
  allowedCreditTypes,
  protectPurchases,
  attemptsNeedApproval,
  noPurchases,
];

export {
  allowedCreditTypes,
  attemptsNeedApproval,
  creditsPerPurchase,
  creditsPerStack,
  creditsPerTeam,
  noPurchases,
  protectPurchases,
};
