import type { AddressOf } from "../../domain/journal-address";
import type { RemotePlace } from "./place";
export function postgresPlace(_address: AddressOf<"postgres">): RemotePlace {
  throw new Error("soon");
}
