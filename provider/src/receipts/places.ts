import type { Purchase } from "./purchases";

/** The projects and stacks that purchases are from, and whether it has to be said of each which it is from. */
export interface Places {
  readonly projects: readonly string[];
  readonly stacks: readonly string[];
  readonly several: boolean;
}

export function placesOf(purchases: readonly Purchase[]): Places {
  const all = (of: (one: Purchase) => string | undefined) =>
    [...new Set(purchases.map(of).filter((name) => name !== undefined))].sort();
  const places = new Set(purchases.map(({ project, stack }) => JSON.stringify([project, stack])));
  return {
    projects: all(({ project }) => project),
    stacks: all(({ stack }) => stack),
    several: places.size > 1,
  };
}
