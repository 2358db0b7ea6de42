import type { Project } from "./project.mts";

/** How a command ended for one purchase, and what a person reads about it. */
export interface SaidOfOne {
  readonly end: "succeeds" | "fails" | "hangs";
  readonly output: string;
}

/** What a command said, of each purchase and of none. */
export interface Said {
  of(name: string): SaidOfOne;
  /** The rest: what names no purchase. */
  readonly others: string;
}

interface Event {
  readonly diagnosticEvent?: { urn?: string; message: string; severity: string };
  readonly resOpFailedEvent?: { metadata: { urn: string } };
}

/**
 * What the engine reported of each resource, from its own log of events: an update of several purchases prints what it says of
 * all of them, one after another.
 */
export function readEvents(project: Project, file: string, code: number | null): Said {
  const events: Event[] = project
    .read(file)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const failed = events.flatMap(({ resOpFailedEvent }) => resOpFailedEvent?.metadata.urn ?? []);
  const messages = events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
    .filter(({ severity }) => severity !== "debug");
  const isAbout = (name: string, { urn = "", message }: { urn?: string; message: string }) =>
    urn.endsWith(`::${name}`) || new RegExp(`(^|[^\\w-])${name}: `).test(message);
  const names = project.declared.map(({ name = "" }) => name);
  return {
    of(name) {
      const ofIt = messages.filter((message) => isAbout(name, message));
      const fails =
        failed.some((urn) => urn.endsWith(`::${name}`)) || ofIt.some(({ severity }) => severity === "error");
      return {
        end: code === null ? "hangs" : fails ? "fails" : "succeeds",
        output: ofIt.map(({ message }) => message).join("\n"),
      };
    },
    others: messages
      .filter((message) => !names.some((name) => isAbout(name, message)))
      .map(({ message }) => message)
      .join("\n"),
  };
}
