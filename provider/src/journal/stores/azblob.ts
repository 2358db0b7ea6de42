import type { AddressOf } from "../../domain/journal-address";
import type { RemotePlace } from "./place";
export function azurePlace(_address: AddressOf<"azblob">): RemotePlace {
  throw new Error("soon");
}
