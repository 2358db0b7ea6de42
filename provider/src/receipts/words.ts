import type { Sums } from "./sums";

/** What stands for the team where it was left to the token. */
export const TOKENS_TEAM = "(the token's own)";

/** Said wherever a sum lacks what the export hides. */
export const INCOMPLETE =
  "The totals are incomplete: some of what was charged is secret and not in this export. " +
  "`pulumi stack export --show-secrets` writes it.";

/** What is not in the totals, for people: the name of each section, and what is true of what it lists. */
export const SECTIONS: Record<keyof Sums["separate"] | "sandbox", { title: string; says: string }> = {
  unknown: {
    title: "Unknown whether charged",
    says: "Nobody knows whether these charged the card.",
  },
  pending: { title: "Pending", says: "Vercel took these orders, and had not said how they ended." },
  checkout: {
    title: "Checkout not completed",
    says: "These were not charged, and can still be paid at Vercel's checkout.",
  },
  adopted: { title: "Adopted", says: "A person recorded these. What they cost is not known here." },
  sandbox: {
    title: "Charged at the sandbox (no money moved)",
    says: "These were made at an address of this machine, and not at Vercel.",
  },
};
