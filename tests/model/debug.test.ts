import "./simulation";
import { print, World } from "./world";
import { readFileSync } from "node:fs";
test("debug", async () => {
  jest.spyOn(console, "log").mockImplementation(print);
  const history = JSON.parse(readFileSync("/tmp/history.json", "utf8"));
  const world = new World();
  try { await world.play(history); if (process.env.OUT) await world.expectAWayOut(); if (process.env.BUYS) await world.expectNextUpdateToBuy(); } catch (error) { process.stdout.write(String(error) + "\n"); }
  for (const line of world.trace) process.stdout.write(line.replace(/x{20,}/g, "xxx") + "\n");
});
