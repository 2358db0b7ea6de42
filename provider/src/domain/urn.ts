/** Whose resource a URN names. A name may hold anything; what is no URN has no parts, and is a name alone. */
export function partsOfUrn(urn: string): {
  readonly stack: string | undefined;
  readonly project: string | undefined;
  readonly name: string;
} {
  const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(urn) ?? [];
  return { stack, project, name: urn.split("::").at(-1) ?? urn };
}
