/**
 * Every setting of this package, as `pulumi config set` takes it. `Settings` can read no other key, so that one which is added
 * there and forgotten here doesn't compile; any other of this namespace in a stack's configuration is a mistake.
 */
export const SETTING_KEYS = [
  "vercelCredits:maxAmount",
  "vercelCredits:maxAmountPerUpdate",
  "vercelCredits:maxAmountPerMonth",
  "vercelCredits:allowedCreditTypes",
  "vercelCredits:allowedTeams",
  "vercelCredits:preflight",
  "vercelCredits:requirePlan",
  "vercelCredits:timeoutSeconds",
  "vercelCredits:journal",
] as const;

/** What is read of the configuration. Other providers share the namespace `vercel:`, and have keys of their own in it. */
export type SettingKey = (typeof SETTING_KEYS)[number] | "vercel:apiToken" | "vercel:apiUrl";
