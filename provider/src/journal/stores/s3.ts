import type { AddressOf } from "../../domain/journal-address";
import type { RemotePlace } from "./place";
export function s3Place(_address: AddressOf<"s3">): RemotePlace {
  throw new Error("soon");
}
