import { PolicyPack } from "@pulumi/policy";
import { creditPolicies } from "pulumi-vercel-credits/policy";

// The limits are in policy-config.json: pulumi preview --policy-pack <this folder> --policy-pack-config policy-config.json
new PolicyPack("vercel-credits", { policies: creditPolicies, enforcementLevel: "mandatory" });
