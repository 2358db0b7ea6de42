import * as pulumi from "@pulumi/pulumi";
import { NOTHING_CHARGED } from "./domain/messages";
import { programError } from "./program-error";

const NEVER_REPLACED = "a purchase is never replaced; declare another CreditPurchase to buy more";
const NOT_READ_BACK =
  "nothing reads a purchase back; use the argument adopt to record one that was made already";
const SHARED_PROCESS =
  "all purchases of an update share one provider process, so that the caps and the stop after a purchase in doubt hold; leave it out";

/** Options by which Pulumi would replace, forget or call again a purchase, and so could buy it twice. */
const REFUSED: Record<string, string> = {
  replaceOnChanges: NEVER_REPLACED,
  replaceWith: NEVER_REPLACED,
  replacementTrigger: NEVER_REPLACED,
  deleteBeforeReplace: NEVER_REPLACED,
  deletedWith: "the record of a purchase must not go with another resource; use retainOnDelete there instead",
  import: NOT_READ_BACK,
  id: NOT_READ_BACK,
  provider: SHARED_PROCESS,
  version: SHARED_PROCESS,
  pluginDownloadURL: SHARED_PROCESS,
};

/** The user's options, checked, and protected unless the user says otherwise. */
export function purchaseOptions(
  name: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  for (const [option, why] of Object.entries(REFUSED)) {
    if (opts[option as keyof pulumi.CustomResourceOptions] !== undefined) throw refused(name, option, why);
  }
  // It is not among the options of a resource, but of a component, and names providers all the same.
  if ("providers" in opts && opts.providers !== undefined) throw refused(name, "provider", SHARED_PROCESS);
  if (opts.hooks?.onError !== undefined) {
    throw refused(
      name,
      "hooks.onError",
      "a purchase is never tried again by itself; use the argument attempt",
    );
  }
  return { ...opts, protect: opts.protect ?? true };
}

/** The same options for the order, less what is meant for the purchase alone. */
export function orderOptions(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  const { additionalSecretOutputs: _secrets, hooks: _hooks, stateMigrations: _migrations, ...shared } = opts;
  if (!shared.aliases) return shared;
  // A purchase that was renamed must find the order it had, too: aliases that name the type must name the order's.
  const aliases = shared.aliases.map((alias) => pulumi.output(alias).apply(ofOrder));
  return { ...shared, aliases };
}

function ofOrder(alias: pulumi.Unwrap<string | pulumi.Alias>): string | pulumi.Alias {
  if (typeof alias === "string") return urnOfOrder(alias);
  return { ...alias, ...(alias.type !== undefined && { type: typeOfOrder(alias.type) }) } as pulumi.Alias;
}

/** The URN of a purchase's order: the last type of the chain is its own, those before it are its parents'. */
function urnOfOrder(urn: string): string {
  const [, stack = "", types = "", name = ""] = /^(urn:pulumi:.*?::.*?::)(.*?)(::.*)$/s.exec(urn) ?? [];
  const own = types.lastIndexOf("$") + 1;
  return stack === "" ? urn : `${stack}${types.slice(0, own)}${typeOfOrder(types.slice(own))}${name}`;
}

function typeOfOrder(type: string): string {
  return type === "pulumi-nodejs:dynamic/vercel:CreditPurchase"
    ? "pulumi-nodejs:dynamic/vercel:PurchaseOrder"
    : type;
}

function refused(name: string, option: string, why: string): pulumi.RunError {
  return programError(
    `CreditPurchase "${name}" does not take the option ${option}: ${why}. ${NOTHING_CHARGED}`,
  );
}
