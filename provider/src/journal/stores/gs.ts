import type { AddressOf } from "../../domain/journal-address";
import type { RemotePlace } from "./place";
export function gsPlace(_address: AddressOf<"gs">): RemotePlace {
  throw new Error("soon");
}
